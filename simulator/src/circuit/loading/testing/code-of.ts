/** Gives the code of the error that an action throws, or says that it was accepted. */
export const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
