/** Gives the browser a file to save. */
export function saveFile(name: string, content: string | Uint8Array, type = 'application/octet-stream'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([content as string | Uint8Array<ArrayBuffer>], { type }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
