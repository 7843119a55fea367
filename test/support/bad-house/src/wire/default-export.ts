// biome: lint/style/noDefaultExport
const thing = 1;
export default thing;
