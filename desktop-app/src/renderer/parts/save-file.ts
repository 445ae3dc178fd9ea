/** Gives the browser a file to save. */
export function saveFile(fileName: string, bytes: Uint8Array | string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer> | string]));
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}
