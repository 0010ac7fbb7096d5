/**
 * Names of columns and fields whose text is kept whatever it looks like: a password need not look like one. What is a
 * credential is for the detectors to say.
 */
export const SECRET_NAME =
  /pass(?:word|phrase|code|wd)|pwd|secret|token|api_?key|credential|private_?key|conn(?:ection)?_?str/i;
