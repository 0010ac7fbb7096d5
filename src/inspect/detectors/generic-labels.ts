/** Labels of host names and application ids that say nothing of whose they are. */
export const GENERIC_LABELS = new Set(
  (
    'com org net io app apps android ios mobile client demo test sample example debug dev beta prod release my the main free pro lite ' +
    'paid full mycompany company google facebook amazon apple microsoft react flutter ionic cordova native starter helloworld hello world ' +
    'ionicframework ionic phonegap capacitor cordova expo reactnative xamarin nativescript titanium appcelerator unity flutterflow ' +
    'api www web shop store online service services cloud data www2 github gitlab blogspot wordpress appspot firebaseio herokuapp'
  ).split(' '),
);
