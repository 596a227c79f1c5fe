/** Stands in the bundle for the packages that read files in all encodings: bodies of SQS are UTF-8. */
export function detect(): never {
  throw new Error('the command reads files itself, as UTF-8');
}

export default { encodingExists: detect, decode: detect };
