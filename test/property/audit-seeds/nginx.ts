import type { Seed } from './seed.ts';

export const seeds: readonly Seed[] = [
  {
    format: 'nginx',
    text: `user www-data;
events { worker_connections 768; }
http {
    server_tokens on;
    ssl_protocols TLSv1 TLSv1.2; # old clients
    upstream search { server 10.0.0.5:9200; server es2:9200; }
    map $http_upgrade $connection { default upgrade; '' close; }
    server {
        listen 80;
        server_name "shop.example.org";
        location ~ ^/(a|b)\\.php$ { fastcgi_pass unix:/run/php.sock; }
        location /search/ {
            proxy_pass http://search/;
            proxy_set_header Authorization "Basic Y2hhbmdlaXQtZXhhbXBsZQ==";
        }
        location /files { alias /srv/files/; autoindex on; }
        location /admin/ { allow 10.0.0.0/8; proxy_pass http://app:3000; }
    }
}
stream {
    server { listen 5432; proxy_pass db:5432; }
}
`,
    pointed: [
      ['audit/nginx-version-shown', 'on'],
      ['audit/nginx-old-tls', 'TLSv1 TLSv1.2'],
      ['audit/nginx-store-over-plain-http', 'listen 80'],
      ['audit/nginx-store-without-login', 'proxy_pass http://search/'],
      ['audit/nginx-store-takes-every-method', 'proxy_pass http://search/'],
      ['audit/nginx-login-without-rate-limit', 'proxy_pass http://search/'],
      ['audit/nginx-login-in-header', '"Basic Y2hhbmdlaXQtZXhhbXBsZQ=="'],
      ['audit/nginx-alias-traversal', '/files'],
      ['audit/nginx-directory-listing', 'on'],
      ['audit/nginx-allow-without-deny', 'allow 10.0.0.0/8'],
      ['audit/nginx-database-port-passed-on', 'proxy_pass db:5432'],
    ],
  },
  {
    format: 'nginx',
    text: 'server {\n  listen [::]:443 ssl;\n  set $es elasticsearch;\n  location / {\n    auth_request /login;\n    proxy_pass http://$es:9200;\n    content_by_lua_block { ngx.say("}") -- }\n    }\n  }\n}\n',
    pointed: [
      ['audit/nginx-store-takes-every-method', 'proxy_pass http://$es:9200'],
      ['audit/nginx-login-without-rate-limit', 'proxy_pass http://$es:9200'],
    ],
  },
];
