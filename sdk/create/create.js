#!/usr/bin/env node
// `npm create adiabit my-sensor -- --board pico` is `adiabit init my-sensor --board pico`.
process.argv.splice(2, 0, 'init');
await import(new URL('../bin/adiabit.js', import.meta.resolve('@adiabit/sdk')));
