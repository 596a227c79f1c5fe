// Names of the operations that are told apart by method and path: those of the REST services that this project calls.
// Lambda's and S3's names are the ones of their IAM actions, so that records can be held against policies.

type Row = readonly [method: string, path: RegExp, action: string];

const LAMBDA: readonly Row[] = [
  ['POST', /^\/2015-03-31\/functions\/[^/]+\/invocations$/, 'InvokeFunction'],
  ['GET', /^\/2015-03-31\/functions\/[^/]+\/configuration$/, 'GetFunctionConfiguration'],
  ['PUT', /^\/2015-03-31\/functions\/[^/]+\/configuration$/, 'UpdateFunctionConfiguration'],
  ['PUT', /^\/2015-03-31\/functions\/[^/]+\/code$/, 'UpdateFunctionCode'],
  ['GET', /^\/2015-03-31\/functions\/[^/]+$/, 'GetFunction'],
  ['DELETE', /^\/2015-03-31\/functions\/[^/]+$/, 'DeleteFunction'],
  ['POST', /^\/2015-03-31\/functions\/?$/, 'CreateFunction'],
  ['GET', /^\/2015-03-31\/functions\/?$/, 'ListFunctions'],
  ['POST', /^\/2015-03-31\/event-source-mappings\/?$/, 'CreateEventSourceMapping'],
  ['GET', /^\/2015-03-31\/event-source-mappings\/?$/, 'ListEventSourceMappings'],
  ['GET', /^\/2015-03-31\/event-source-mappings\/[^/]+$/, 'GetEventSourceMapping'],
  ['PUT', /^\/2015-03-31\/event-source-mappings\/[^/]+$/, 'UpdateEventSourceMapping'],
  ['DELETE', /^\/2015-03-31\/event-source-mappings\/[^/]+$/, 'DeleteEventSourceMapping'],
  ['PUT', /^\/2019-09-25\/functions\/[^/]+\/event-invoke-config$/, 'PutFunctionEventInvokeConfig'],
  ['GET', /^\/2019-09-25\/functions\/[^/]+\/event-invoke-config$/, 'GetFunctionEventInvokeConfig'],
  ['DELETE', /^\/2019-09-25\/functions\/[^/]+\/event-invoke-config$/, 'DeleteFunctionEventInvokeConfig'],
  ['GET', /^\/2017-03-31\/tags\//, 'ListTags'],
  ['POST', /^\/2017-03-31\/tags\//, 'TagResource'],
  ['DELETE', /^\/2017-03-31\/tags\//, 'UntagResource'],
];

const S3_OBJECT: Record<string, string> = {
  GET: 'GetObject',
  HEAD: 'GetObject', // HeadObject needs s3:GetObject
  PUT: 'PutObject',
  POST: 'PutObject',
  DELETE: 'DeleteObject',
};

export function restAction(service: string, method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://local');
  if (service === 's3') return s3Action(method, pathname, searchParams);
  const row = service === 'lambda' ? LAMBDA.find(([m, path]) => m === method && path.test(pathname)) : undefined;
  return row?.[2] ?? `${method} ${pathname}`;
}

function s3Action(method: string, pathname: string, query: URLSearchParams): string {
  const [bucket, ...key] = pathname.slice(1).split('/');
  if (key.join('/') !== '') return S3_OBJECT[method] ?? `${method} object`;
  if (bucket === '') return 'ListAllMyBuckets';
  const plain = [...query.keys()].every((name) =>
    /^(list-type|prefix|delimiter|max-keys|start-after|.*token|x-id)$/.test(name),
  );
  if (method === 'GET' && plain) return 'ListBucket';
  if (method === 'HEAD') return 'ListBucket';
  return `${method} bucket ${[...query.keys()].filter((name) => name !== 'x-id').join(' ')}`.trim();
}
