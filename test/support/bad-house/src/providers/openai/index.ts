export const openai = { id: 'openai' };
