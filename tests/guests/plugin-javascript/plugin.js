// A plugin of the host's world in JavaScript, by componentize-js.

import { compute, log } from "worldhost:plugin/host@0.1.0";

export function process(input) {
  log(`processing: ${input}`);
  const number = Number(input);
  if (/^[+-]?[0-9]+$/.test(input) && number === (number | 0)) {
    try {
      return String(compute(number));
    } catch (e) {
      return `error: ${e.payload ?? e}`;
    }
  }
  return input.toUpperCase();
}
