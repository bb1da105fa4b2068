/**
 * A value in the making: it may be filled in until it is handed out, and never after. Objects are copied field by field
 * where it happens for every event, since spreading one of twenty fields costs about thirty times as much.
 */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };
