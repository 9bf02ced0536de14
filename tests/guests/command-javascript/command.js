// A WASI 0.2 command in JavaScript: `args …` prints each argument, `exit N` exits with N.

import { getArguments } from "wasi:cli/environment@0.2.12";
import { exitWithCode } from "wasi:cli/exit@0.2.12";

export const run = {
  run() {
    const [command, ...rest] = getArguments().slice(1);
    switch (command) {
      case undefined:
        return console.log("hello from JavaScript");
      case "args":
        return rest.forEach((arg) => console.log(arg));
      case "exit":
        return exitWithCode(Number(rest[0]));
      default:
        throw `unknown: ${command}`;
    }
  },
};
