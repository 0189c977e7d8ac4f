import { hasHeader, headerValues } from '../header-fields.ts';
import type { HeaderFields } from '../inbound-request.ts';

const EVENT_STREAM = /^text\/event-stream(?:[ \t]*;|[ \t]*$)/i;

/** Tells whether a `Content-Type` is that of server-sent events. @see HTML Standard, section 9.2 */
export function isEventStream(contentType: string | null | undefined): boolean {
  return EVENT_STREAM.test(contentType ?? '');
}

/**
 * Tells whether a response, by its header fields, is a stream of server-sent events, and whether an event of ours can be added to it
 * (`plain`): not where its content is coded, or its length was told before (`sealed`). @see HTML Standard, section 9.2
 */
export function eventStreamKind(fields: HeaderFields): 'plain' | 'sealed' | undefined {
  if (!isEventStream(headerValues(fields, 'content-type')[0])) return undefined;
  const isSealed =
    hasHeader(fields, 'content-length') ||
    headerValues(fields, 'content-encoding').some((coding) => coding.toLowerCase() !== 'identity');
  return isSealed ? 'sealed' : 'plain';
}
