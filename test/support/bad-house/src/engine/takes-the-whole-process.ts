// words: environment-in-main
const { argv } = process;
export const second = argv[2];
