export interface SentEvent {
  /** Undefined where the frame names none. */
  event: string | undefined;
  data: string;
}

/** The server-sent events of a body, comments left out. */
export function readSentEvents(body: string): readonly SentEvent[] {
  return body.split('\n\n').flatMap((frame) => {
    const lines = frame.split('\n');
    const find = (name: string): string | undefined =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = find('data');
    return data === undefined ? [] : [{ event: find('event'), data }];
  });
}
