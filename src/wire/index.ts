export { editFieldNames } from './edit-fields.ts';
export { type ErrorBody, toErrorBody, toRetouchError } from './error.ts';
export { type EditBody, type ImageEdit, toImageEdit } from './image-edit.ts';
export { toImageEvent, toImageResult } from './image-result.ts';
export { toModelList, toPublicModel } from './models.ts';
export { countBytes, type Pieces, readPieces } from './pieces.ts';
