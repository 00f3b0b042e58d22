#!/usr/bin/env node
const x: string = process.version; console.log("sluice on", x, process.argv.slice(2));
