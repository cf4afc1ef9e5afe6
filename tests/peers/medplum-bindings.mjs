// Required bindings, which Medplum's validateResource does not look at: every code, Coding, CodeableConcept and Quantity of a resource against
// the value set that base R4 requires, expanded from the published value sets and code systems.

const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const withoutVersion = (canonical) => canonical.split('|')[0];

/** Value sets as sets of "system|code" and of "code" alone; undefined for those that cannot be enumerated. */
class ValueSets {
  #sets = new Map();
  #systems = new Map();
  #expanded = new Map();

  constructor(bundles) {
    for (const { resource } of bundles.flatMap((bundle) => bundle.entry)) {
      if (resource.resourceType === 'ValueSet') {
        this.#sets.set(resource.url, resource);
      } else if (resource.resourceType === 'CodeSystem' && resource.content === 'complete') {
        this.#systems.set(resource.url, resource);
      }
    }
  }

  #concepts(concepts) {
    return list(concepts).flatMap((concept) => {
      const grouping = list(concept.property).some((each) => each.code === 'notSelectable' && each.valueBoolean);
      return [...(grouping ? [] : [concept.code]), ...this.#concepts(concept.concept)];
    });
  }

  #include({ system, concept, filter, valueSet }) {
    if (filter) {
      return undefined;
    }
    if (concept || system) {
      const codes = concept ? concept.map((each) => each.code) : this.#systems.has(system) ? this.#concepts(this.#systems.get(system).concept) : undefined;
      return codes?.map((code) => `${system ?? ''}|${code}`);
    }
    const parts = list(valueSet).map((url) => this.expand(url));
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => [...part]);
  }

  /** The "system|code" members of a value set. */
  expand(canonical) {
    const url = withoutVersion(canonical);
    if (!this.#expanded.has(url)) {
      const compose = this.#sets.get(url)?.compose;
      const parts = list(compose?.include).map((each) => this.#include(each));
      const gone = list(compose?.exclude).map((each) => this.#include(each));
      const open = parts.length === 0 || parts.includes(undefined) || gone.includes(undefined);
      const excluded = new Set(gone.flat());
      this.#expanded.set(url, open ? undefined : new Set(parts.flat().filter((each) => !excluded.has(each))));
    }
    return this.#expanded.get(url);
  }

  /** Whether a code, with its system where it has one, is in the value set; undefined when that cannot be said. */
  has(canonical, code, system) {
    const members = this.expand(canonical);
    if (members === undefined) {
      return undefined;
    }
    return system === undefined ? [...members].some((each) => each.endsWith(`|${code}`)) : members.has(`${system}|${code}`);
  }
}

export class BindingChecker {
  #elements = new Map(); // path of an element, choices without [x], to its definition

  constructor(structureBundles, valueSetBundles) {
    this.valueSets = new ValueSets(valueSetBundles);
    for (const { resource } of structureBundles.flatMap((bundle) => bundle.entry)) {
      if (resource.resourceType === 'StructureDefinition' && resource.derivation !== 'constraint') {
        for (const element of resource.snapshot.element) {
          this.#elements.set(element.path, element);
        }
      }
    }
  }

  /** The definition of a JSON member and the path of its children's definitions. */
  #find(owner, name) {
    const plain = this.#elements.get(`${owner}.${name}`);
    if (plain) {
      const inner = plain.contentReference?.slice(1) ?? (this.#isBackbone(plain) ? plain.path : plain.type?.[0].code);
      return { element: plain, inner };
    }
    for (let length = name.length - 1; length > 0; length--) {
      const choice = this.#elements.get(`${owner}.${name.slice(0, length)}[x]`);
      const type = choice?.type.find((each) => each.code.toLowerCase() === name.slice(length).toLowerCase());
      if (type) {
        return { element: choice, inner: type.code };
      }
    }
    return undefined;
  }

  #isBackbone(element) {
    return ['BackboneElement', 'Element'].includes(element.type?.[0].code);
  }

  /** Codings of a bound value, as [code, system] pairs. */
  #codings(value) {
    if (typeof value === 'string') {
      return [[value, undefined]];
    }
    const codings = Array.isArray(value.coding) ? value.coding : [value];
    return codings.filter((each) => each.code !== undefined).map((each) => [each.code, each.system]);
  }

  /** Calls `report(path, message)` for each code that is not in the value set required. */
  check(resource, report, path = resource.resourceType, type = resource.resourceType) {
    for (const [name, value] of Object.entries(resource)) {
      if (name === 'resourceType' || name.startsWith('_')) {
        continue;
      }
      const found = this.#find(type, name);
      if (!found) {
        continue; // an unknown member, which Medplum itself reports
      }
      list(value).forEach((item, index) => {
        const here = `${path}.${name}${Array.isArray(value) ? `[${index}]` : ''}`;
        if (item === null || item === undefined) {
          return;
        }
        const { binding } = found.element;
        if (binding?.strength === 'required' && binding.valueSet) {
          this.#checkBound(item, binding.valueSet, here, report);
        }
        if (typeof item === 'object') {
          this.check(item, report, here, item.resourceType ?? found.inner);
        }
      });
    }
  }

  #checkBound(item, valueSet, path, report) {
    const codings = this.#codings(item);
    const known = codings.map(([code, system]) => this.valueSets.has(valueSet, code, system));
    if (known.includes(undefined) || known.includes(true)) {
      return;
    }
    if (codings.length > 0) {
      report(path, `none of the codes is in the required value set ${withoutVersion(valueSet)}`);
    } else if (typeof item === 'object') {
      report(path, `a code of the required value set ${withoutVersion(valueSet)} is missing`);
    }
  }
}
