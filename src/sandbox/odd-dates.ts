export const DATE_FORMS = [
  'documented',
  'no-zone',
  'space',
  'short-zone',
  'day',
  'seconds',
  'seconds-text',
  'milliseconds',
] as const;

export type DateForm = (typeof DATE_FORMS)[number];

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+0000)$/;

/** The same JSON with every date-time in it written in this form. */
export function withDates(body: unknown, form: DateForm): unknown {
  if (form === 'documented') return body;
  if (Array.isArray(body)) return body.map((item) => withDates(item, form));
  if (typeof body === 'string') return DATE_TIME.test(body) ? inForm(body, form) : body;
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, withDates(value, form)]));
}

function inForm(text: string, form: Exclude<DateForm, 'documented'>): string | number {
  const time = Date.parse(text.replace('+0000', 'Z'));
  const seconds = new Date(time).toISOString().slice(0, 19);
  switch (form) {
    case 'no-zone':
      return seconds;
    case 'space':
      return `${seconds.replace('T', ' ')}+00:00`;
    case 'short-zone':
      return `${seconds}+00`;
    case 'day':
      return seconds.slice(0, 10);
    case 'seconds':
      return Math.floor(time / 1000);
    case 'seconds-text':
      return String(Math.floor(time / 1000));
    case 'milliseconds':
      return time;
  }
}
