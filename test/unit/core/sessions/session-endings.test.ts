import { describe, expect, it } from 'vitest';
import { createSessionEndings } from '../../../../src/core/sessions/session-endings.ts';
import { silentLog } from '../../../../src/lib/log.ts';

describe('createSessionEndings', () => {
  it('tells every listener, also after one that throws, which is logged', () => {
    const errors: string[] = [];
    const endings = createSessionEndings({ ...silentLog, error: (message) => errors.push(message) });
    const heard: string[] = [];
    endings.onSessionEnded(() => {
      throw new Error('broken');
    });
    endings.onSessionEnded((sessionId) => heard.push(sessionId));
    endings.notify('ses_1');
    expect(heard).toEqual(['ses_1']);
    expect(errors).toEqual(['a listener for ended sessions failed']);
  });

  it('tells nothing to who has stopped listening', () => {
    const endings = createSessionEndings(silentLog);
    const heard: string[] = [];
    const stop = endings.onSessionEnded((sessionId) => heard.push(sessionId));
    stop();
    endings.notify('ses_1');
    expect(heard).toEqual([]);
  });
});
