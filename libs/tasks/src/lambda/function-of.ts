/** The body, called. */
export const functionOf = (body: string): string => `(function () {${body}\n})()`;
