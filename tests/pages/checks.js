// Run inside a page by browser.py: returns what is wrong, a sentence each. Rules are those of WCAG 2.2 A and AA that can be computed.
const wrong = [];
const {narrow, forced} = arguments[0];
const all = selector => [...document.querySelectorAll(selector)];
const seen = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true}) && element.getClientRects().length > 0;
const say = element => `<${element.tagName.toLowerCase()}${element.className && element.className.baseVal === undefined ? ' class="' + element.className + '"' : ''}> "${(element.textContent || '').trim().slice(0, 40)}"`;

// 1.4.3: contrast of text against the nearest background that is not see-through.
const numbers = colour => (colour.match(/[\d.]+/g) || []).map(Number);
const luminance = ([r, g, b]) => {
  const linear = [r, g, b].map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const background = element => {
  for (let each = element; each; each = each.parentElement) {
    const colour = numbers(getComputedStyle(each).backgroundColor);
    if (colour.length === 3 || colour[3] === 1) return colour;
  }
  return [255, 255, 255];
};
const contrast = (a, b) => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !seen(element) || element.closest('title, desc, .skip')) continue;
  const style = getComputedStyle(element);
  const ratio = contrast(numbers(element.closest('svg') ? style.fill : style.color), background(element));
  ++texts;
  if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)} of ${say(element)}`);
}
if (texts < 3) wrong.push('there is hardly any text to be seen');

// 1.4.11: lines and dots of drawings against what they stand on.
for (const element of all('.plot, .dot').filter(seen)) {
  const ratio = contrast(numbers(getComputedStyle(element).stroke), background(element.closest('figure')));
  if (ratio < 3) wrong.push(`contrast ${ratio.toFixed(2)} of a drawing`);
}

// 1.3.1, 2.4.6: one h1, and no level left out.
const levels = all('h1, h2, h3, h4, h5, h6').map(each => Number(each.tagName[1]));
if (levels.filter(level => level === 1).length !== 1) wrong.push('there must be one h1');
levels.forEach((level, i) => { if (level > (i ? levels[i - 1] : 0) + 1) wrong.push(`heading of level ${level} after ${i ? levels[i - 1] : 'none'}`); });

// 2.4.1, 2.4.2, 3.1.1: a way past the header, a title, a language, landmarks that have names.
if (document.documentElement.lang !== 'en-GB') wrong.push('the language is not said');
if (!document.title) wrong.push('there is no title');
if (all('main').length !== 1) wrong.push('there must be one main');
const skip = document.querySelector('a.skip');
if (!skip || !document.getElementById(skip.hash.slice(1))) wrong.push('the skip link leads nowhere');
if (document.querySelector('a, button, summary') !== skip) wrong.push('the skip link does not come first');
for (const section of all('section')) {
  const label = section.getAttribute('aria-label') || document.getElementById(section.getAttribute('aria-labelledby'))?.textContent;
  if (!label) wrong.push('a section has no name');
}
// 1.1.1: drawings have a title and a description; 4.1.1: ids are there once.
for (const svg of all('svg')) {
  const labels = (svg.getAttribute('aria-labelledby') || '').split(' ').map(id => document.getElementById(id)?.textContent);
  if (svg.getAttribute('role') !== 'img' || labels.length !== 2 || labels.some(label => !label)) wrong.push('a drawing has no name');
  if (!svg.closest('figure').querySelector('table')) wrong.push('a drawing has no table');
}
const ids = all('[id]').map(each => each.id);
ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => wrong.push(`id ${id} is there twice`));
// 1.3.1: tables have a caption and headers with a scope.
for (const table of all('table')) {
  if (!table.caption?.textContent) wrong.push('a table has no caption');
  if ([...table.querySelectorAll('th')].some(each => !each.scope)) wrong.push('a header of a table has no scope');
}
for (const each of all('time')) if (!/^\d{4}(-\d\d){0,2}/.test(each.dateTime)) wrong.push(`a time without a date: ${each.dateTime}`);
// 2.5.8: what is pressed is 24 px high and wide or more.
for (const each of all('a:not(.skip), summary, button').filter(seen)) {
  const box = each.getBoundingClientRect();
  if (box.width < 24 || box.height < 24) wrong.push(`too small to press: ${say(each)}`);
}
// 2.4.7: what has the focus shows it.
for (const each of all('a, summary').filter(each => each.checkVisibility())) {
  each.focus({focusVisible: true});
  const style = getComputedStyle(each);
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) wrong.push(`focus does not show: ${say(each)}`);
  each.blur();
}
// 1.4.10: at 320 px nothing needs scrolling sideways.
if (narrow && document.documentElement.scrollWidth > window.innerWidth) {
  const wide = all('body *').filter(each => each.getBoundingClientRect().right > window.innerWidth + 1).slice(-1)[0];
  wrong.push(`scrolls sideways: ${document.documentElement.scrollWidth} px${wide ? ', ' + say(wide) : ''}`);
}
if (!narrow && document.documentElement.scrollWidth > window.innerWidth) wrong.push('scrolls sideways');
// Nothing of a resource became markup.
if (all('script, img, iframe, object, embed, form, link, [style], [onload], [onerror], [onclick]').length) wrong.push('there is markup that is not ours');
void forced;
return wrong;
