// The one policy of a page, named in its headers: our own answers become elements, our own addresses become scripts.

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  }
}
export interface Policy {
  createHTML(text: string): string;
  createScriptURL(address: string): string;
}

const rules: Policy = {
  createHTML: (text) => text,
  createScriptURL: (address) => {
    if (new URL(address, location.href).origin !== location.origin) throw new TypeError("a script from elsewhere");
    return address;
  },
};

export const policy: Policy = window.trustedTypes?.createPolicy("visits", rules) ?? rules;
