var API = 'https://api.bluemarket-shop.com/v2';
var API_ORDERS = 'https://api.bluemarket-shop.com/v2/orders';
var ORDERS = '/v2/orders';
var SOCKET = 'wss://live.bluemarket-shop.com:8443/socket';
var UMLAUT = 'https://bücher.example/suche?q=grün';
var JAPANESE = 'https://bluemarket-shop.com/店舗/一覧';
var EMOJI = 'https://bluemarket-shop.com/🛒/cart';
var DATABASE = 'https://bluemarket-shop-default-rtdb.firebaseio.com';
var ADDRESS = '192.168.10.20:9200';
var KEY = 'bluemarket-not-a-real-key-0123456789';
var SHORT = 'a.b';
var LONG =
  'https://bluemarket-shop.com/long?filter=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&end=1';
function load(id, options) {
  options['x-bluemarket-tenant-id'] = { 'api.host': 'identifier.bluemarket-shop.com', retries: 3 };
  options['https://as-a-key.example/name'] = /^https?:\/\/regexp\.example/.test(API);
  return options.fetch(API.concat('/users/', id), [
    API_ORDERS,
    ORDERS,
    SOCKET,
    UMLAUT,
    JAPANESE,
    EMOJI,
    DATABASE,
    ADDRESS,
    KEY,
    SHORT,
    LONG,
  ]);
}
globalThis.load = load;
