// Keys and tokens between Linkway and jose, both ways; run by compare-jose.sh.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as jose from 'jose';

const [linkway, verifier] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'linkway-jose-'));
const url = 'https://gateway.example/auth/token';
let checks = 0;
let failures = 0;

function check(what, right) {
  checks += 1;
  if (!right) {
    failures += 1;
    console.log(`DIFFERENCE: ${what}`);
  }
}

/** What Linkway says of a token: "ok <sub>", or why not. */
function verified(token, jwks) {
  const file = join(folder, 'jwks.json');
  writeFileSync(file, JSON.stringify(jwks));
  return spawnSync(verifier, [file], { input: token + '\n', encoding: 'utf8' }).stdout.trim();
}

async function takes(token, jwks) {
  try {
    const { payload } = await jose.jwtVerify(token, jose.createLocalJWKSet(jwks), { audience: url, algorithms: ['RS384', 'ES384'] });
    return payload.iss === 'meadow' && payload.sub === 'meadow' && payload.exp - payload.iat <= 300;
  } catch (error) {
    console.log(String(error));
    return false;
  }
}

function signed(key) {
  return execFileSync(linkway, ['token', '--client', 'meadow', '--key', key, '--url', url], { encoding: 'utf8' }).trim();
}

for (const alg of ['ES384', 'RS384']) {
  // Ours there.
  const ours = join(folder, alg);
  execFileSync(linkway, ['keys', 'new', '--algorithm', alg, '-o', ours]);
  const jwks = JSON.parse(readFileSync(join(ours, 'jwks.json'), 'utf8'));
  check(`${alg}: the kid is the thumbprint`, jwks.keys[0].kid === await jose.calculateJwkThumbprint(jwks.keys[0]));
  for (let i = 0; i < 20; i += 1) {
    check(`${alg}: jose takes Linkway's token`, await takes(signed(join(ours, 'key.pem')), jwks));
  }

  // Theirs here, key and token.
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const theirs = { keys: [{ ...await jose.exportJWK(publicKey), kid: 'k1', use: 'sig', alg }] };
  for (let i = 0; i < 20; i += 1) {
    const token = await new jose.SignJWT({ n: i }).setProtectedHeader({ alg, kid: 'k1', typ: 'JWT' })
      .setIssuer('meadow').setSubject('meadow').setAudience(url).setExpirationTime('4m').setJti(String(i)).sign(privateKey);
    check(`${alg}: Linkway takes jose's token`, verified(token, theirs) === 'ok meadow');
    const other = token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.at(-1);
    check(`${alg}: Linkway refuses a changed one`, !verified(other, theirs).startsWith('ok'));
  }
  const pem = join(folder, `${alg}.pem`);
  writeFileSync(pem, await jose.exportPKCS8(privateKey));
  const named = { keys: [{ ...theirs.keys[0], kid: await jose.calculateJwkThumbprint(theirs.keys[0]) }] };
  check(`${alg}: Linkway signs with jose's key`, await takes(signed(pem), named));
}

// What nobody may take.
const secret = new TextEncoder().encode('a shared secret that is long enough');
const shared = await new jose.SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).setSubject('meadow').sign(secret);
check('HS256 is refused', !verified(shared, { keys: [{ kty: 'oct', kid: 'k1', k: jose.base64url.encode(secret) }] }).startsWith('ok'));
check('a token without signature is refused', !verified(new jose.UnsecuredJWT({ sub: 'meadow' }).encode(), { keys: [] }).startsWith('ok'));
for (const alg of ['PS384', 'RS256', 'ES256', 'EdDSA']) {
  const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = { ...await jose.exportJWK(publicKey), kid: 'k1' };
  const token = await new jose.SignJWT({ sub: 'meadow' }).setProtectedHeader({ alg, kid: 'k1' }).sign(privateKey);
  check(`${alg} is refused`, !verified(token, { keys: [jwk] }).startsWith('ok'));
}

rmSync(folder, { recursive: true });
console.log(`jose: ${checks} checks, ${failures} differences`);
process.exit(failures === 0 ? 0 : 1);
