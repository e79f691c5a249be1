/** Hours as the pages write them: « 8 h », « 10 h 30 » in French, as the language does elsewhere. */
export function hours(text: string, lang: string): string {
  if (!lang.startsWith("fr")) return text;
  return text.replace(/\b0?(\d{1,2}):(\d\d)\b/g, (_, hour: string, minute: string) => `${hour}\u00a0h${minute === "00" ? "" : `\u00a0${minute}`}`);
}
