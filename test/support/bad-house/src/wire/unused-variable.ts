// biome: lint/correctness/noUnusedVariables
function nobodyCallsMe(): void {}
