/** Headers that the transport, a proxy or the server's own routing decides. */
export const NOT_SETTABLE =
  /^(?:host|connection|content-(?:length|encoding|type)|transfer-encoding|accept-encoding|upgrade|te|trailer|expect|keep-alive|forwarded|via|x-forwarded-.*|x-real-ip|x-http-method.*|x-method-override|x-original-.*|x-rewrite-.*|x-host|sec-.*|proxy-.*)$/i;

/** Headers of a request that are the credential's alone. */
export const OF_CREDENTIAL = /^(?:authorization|cookie|origin|referer|user-agent)$/i;
