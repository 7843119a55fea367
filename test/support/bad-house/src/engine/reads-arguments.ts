// words: environment-in-main
export const first = process.argv[2];
