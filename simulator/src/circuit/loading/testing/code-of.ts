/** The code of the error that an action throws, or that it was accepted. */
export const codeOf = (action: () => unknown): string => {
  try {
    action();
    return 'accepted';
  } catch (error) {
    return (error as { code: string }).code;
  }
};
