// biome: lint/style/noProcessEnv
// words: environment-in-main
export const home = process.env.HOME;
