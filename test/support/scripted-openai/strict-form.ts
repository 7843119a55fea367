/** A part as it arrived. */
export interface FormPart {
  name: string;
  fileName: string | undefined;
  mediaType: string | undefined;
  bytes: Buffer;
}

const crlf = '\r\n';

/**
 * Reads `multipart/form-data` with no leniency at all: what is not exactly RFC 7578, in its plainest form, is an
 * error. Written against the RFC, apart from the code it judges.
 */
export function readStrictForm(contentType: string | undefined, body: Buffer): readonly FormPart[] {
  const boundary = /^multipart\/form-data; boundary=([\w'()+,./:=?-]{1,70})$/.exec(contentType ?? '')?.[1];
  if (boundary === undefined) throw new Error(`content-type is ${contentType}`);
  const opening = `--${boundary}${crlf}`;
  if (!body.subarray(0, opening.length).equals(Buffer.from(opening))) throw new Error('no first boundary');
  const parts: FormPart[] = [];
  const delimiter = Buffer.from(`${crlf}--${boundary}`);
  for (let at = opening.length; ; ) {
    const end = body.indexOf(delimiter, at);
    if (end === -1) throw new Error('a part without an end');
    parts.push(readPart(body.subarray(at, end)));
    const after = end + delimiter.length;
    const mark = body.toString('latin1', after, after + 2);
    if (mark === '--') {
      const rest = body.toString('latin1', after + 2);
      if (rest !== crlf) throw new Error(`${rest.length} bytes after the last boundary`);
      return parts;
    }
    if (mark !== crlf) throw new Error(`a boundary followed by ${JSON.stringify(mark)}`);
    at = after + 2;
  }
}

const dispositionForm = /^Content-Disposition: form-data; name="([\w[\]]+)"(?:; filename="([\w.-]+)")?$/;
const typeForm = /^Content-Type: ([\w.+-]+\/[\w.+-]+)$/;

function readPart(part: Buffer): FormPart {
  const headEnd = part.indexOf(crlf + crlf);
  if (headEnd === -1) throw new Error('a part without an empty line');
  const [first = '', ...others] = part.toString('latin1', 0, headEnd).split(crlf);
  const disposition = dispositionForm.exec(first);
  if (!disposition?.[1]) throw new Error(`not a plain disposition: ${first}`);
  const types = others.map((line) => typeForm.exec(line)?.[1]);
  if (types.length > 1 || types.includes(undefined)) throw new Error(`other headers: ${others.join('; ')}`);
  return {
    name: disposition[1],
    fileName: disposition[2],
    mediaType: types[0],
    bytes: part.subarray(headEnd + 4),
  };
}
