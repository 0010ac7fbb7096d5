// A client of Postern's gateway for iOS 15 and later: enrols by App Attest, signs each call with a key of the Secure Enclave.
// Copy it into the app. Needs the capability "App Attest" (com.apple.developer.devicecheck.appattest-environment).
import CryptoKit
import DeviceCheck
import Foundation
import Security

public struct PosternError: Error {
  public let status: Int
  public let title: String
}

public actor PosternClient {
  private struct Enrolment: Codable {
    let device: String
    let attestKeyId: String
    let version: String
  }

  private let base: URL
  private let userToken: @Sendable () async throws -> String
  private let keychain: Keychain
  private let key: SecureEnclave.P256.Signing.PrivateKey
  private let app = Bundle.main.bundleIdentifier ?? ""
  private let version = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String ?? ""
  private var nonce: String?
  private var token: (value: String, until: Date)?
  private var granting: Task<String, Error>?

  /// - Parameter userToken: the person's own access token, fresh: asked for when the device enrols or renews.
  public init(
    base: URL, keychain: Keychain = Keychain(service: "postern"), userToken: @escaping @Sendable () async throws -> String
  ) throws {
    self.base = base
    self.userToken = userToken
    self.keychain = keychain
    if let stored = keychain.read("key") {
      key = try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: stored)
    } else {
      key = try SecureEnclave.P256.Signing.PrivateKey()
      // What is stored is good in this Secure Enclave alone.
      keychain.write("key", key.dataRepresentation)
    }
  }

  /// A call with the device's own token; nonce, renewal and fresh assertions are seen to, once each.
  public func call(_ method: String, _ target: String, body: Data? = nil, headers: [String: String] = [:]) async throws -> Data {
    var extra = headers
    var done: Set<String> = []
    while true {
      let access = try await accessToken()
      let (data, response) = try await send(method, target, "DPoP", access, body: body, headers: extra, signed: true)
      if response.statusCode < 400 { return data }
      let error = challengeError(response)
      guard response.statusCode == 401, done.insert(error).inserted else { throw problem(data, response) }
      switch error {
      case "use_dpop_nonce": break
      case "invalid_token": token = nil
      case "insufficient_user_authentication":
        guard let challenge = response.value(forHTTPHeaderField: "postern-challenge") else { throw problem(data, response) }
        let bodyHash = base64url(Data(SHA256.hash(data: body ?? Data())))
        let lines = ["postern-request-1", challenge, thumbprint, method, target, bodyHash]
        extra["postern-challenge"] = challenge
        extra["postern-assertion"] = "app-attest " + (try await assertion(over: lines))
      default: throw problem(data, response)
      }
    }
  }

  // MARK: - Enrolment and tokens

  private func accessToken() async throws -> String {
    if let token, token.until.timeIntervalSinceNow > 30 { return token.value }
    if let granting { return try await granting.value }
    let task = Task { try await self.obtain() }
    granting = task
    defer { granting = nil }
    return try await task.value
  }

  private func obtain() async throws -> String {
    guard let enrolment, enrolment.version == version else { return try await enrol() }
    do {
      return try await renew(enrolment)
    } catch let error as PosternError where error.status == 403 {
      // Revoked: a genuine app may enrol again.
    } catch let error as DCError where error.code == .invalidKey {
      // The app was installed again: the Keychain outlives that, a key of App Attest does not.
    }
    keychain.delete("enrolment")
    return try await enrol()
  }

  private func enrol() async throws -> String {
    let challenge = try await challenge()
    let service = DCAppAttestService.shared
    let keyId = try await service.generateKey()
    let data = Data(["postern-enrol-1", challenge, thumbprint, app, version].joined(separator: "\n").utf8)
    let attestation = try await service.attestKey(keyId, clientDataHash: Data(SHA256.hash(data: data)))
    let granted = try await post("/device/enrol") { proof in
      [
        "format": "app-attest", "platform": "ios", "app": self.app, "version": self.version, "challenge": challenge,
        "proof": proof, "attestation": attestation.base64EncodedString(), "keyId": keyId,
      ]
    }
    let enrolment = Enrolment(device: granted["device"] as? String ?? "", attestKeyId: keyId, version: version)
    keychain.write("enrolment", try JSONEncoder().encode(enrolment))
    return accept(granted)
  }

  private func renew(_ enrolment: Enrolment) async throws -> String {
    let challenge = try await challenge()
    let assertion = try await assertion(over: ["postern-token-1", challenge, thumbprint, enrolment.device])
    let granted = try await post("/device/token") { proof in
      ["device": enrolment.device, "proof": proof, "challenge": challenge, "assertion": assertion]
    }
    return accept(granted)
  }

  private func challenge() async throws -> String {
    let answer = try await post("/device/challenge") { _ in [:] }
    return answer["challenge"] as? String ?? ""
  }

  private func assertion(over lines: [String]) async throws -> String {
    guard let enrolment else { throw PosternError(status: 0, title: "not enrolled") }
    let hash = Data(SHA256.hash(data: Data(lines.joined(separator: "\n").utf8)))
    return try await DCAppAttestService.shared.generateAssertion(enrolment.attestKeyId, clientDataHash: hash)
      .base64EncodedString()
  }

  private var enrolment: Enrolment? {
    keychain.read("enrolment").flatMap { try? JSONDecoder().decode(Enrolment.self, from: $0) }
  }

  private func accept(_ granted: [String: Any]) -> String {
    let value = granted["access_token"] as? String ?? ""
    token = (value, Date().addingTimeInterval(granted["expires_in"] as? Double ?? 0))
    return value
  }

  // MARK: - Requests

  /// With the person's own token; the proof of the device's key goes in the body.
  private func post(_ path: String, _ body: (String) throws -> [String: String]) async throws -> [String: Any] {
    for attempt in 1...2 {
      let user = try await userToken()
      let content = try JSONSerialization.data(withJSONObject: try body(proof("POST", path, user)))
      let (data, response) = try await send("POST", path, "Bearer", user, body: content, signed: false)
      if attempt == 1, challengeError(response) == "use_dpop_nonce" { continue }
      if response.statusCode >= 400 { throw problem(data, response) }
      return try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
    }
    throw PosternError(status: 401, title: "the gateway keeps asking for another nonce")
  }

  private func send(
    _ method: String, _ target: String, _ scheme: String, _ token: String, body: Data?, headers: [String: String] = [:],
    signed: Bool
  ) async throws -> (Data, HTTPURLResponse) {
    guard let url = URL(string: target, relativeTo: base) else { throw URLError(.badURL) }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpBody = body
    if body != nil { request.setValue("application/json", forHTTPHeaderField: "content-type") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    request.setValue("\(scheme) \(token)", forHTTPHeaderField: "authorization")
    if signed { request.setValue(try proof(method, target, token), forHTTPHeaderField: "dpop") }
    let (data, answer) = try await URLSession.shared.data(for: request)
    guard let response = answer as? HTTPURLResponse else { throw URLError(.badServerResponse) }
    nonce = response.value(forHTTPHeaderField: "dpop-nonce") ?? nonce
    return (data, response)
  }

  /// RFC 9449 section 4.2.
  private func proof(_ method: String, _ target: String, _ token: String) throws -> String {
    let path = target.split(separator: "?", maxSplits: 1).first.map(String.init) ?? target
    var claims: [String: Any] = [
      "jti": UUID().uuidString,
      "htm": method,
      "htu": URL(string: path, relativeTo: base)?.absoluteString ?? "",
      "iat": Int(Date().timeIntervalSince1970),
      "ath": base64url(Data(SHA256.hash(data: Data(token.utf8)))),
    ]
    claims["nonce"] = nonce
    let header: [String: Any] = ["typ": "dpop+jwt", "alg": "ES256", "jwk": jwk]
    let parts = try [header, claims].map { base64url(try JSONSerialization.data(withJSONObject: $0)) }
    let input = parts.joined(separator: ".")
    return input + "." + base64url(try key.signature(for: Data(input.utf8)).rawRepresentation)
  }

  private var jwk: [String: String] {
    let point = key.publicKey.rawRepresentation
    return ["kty": "EC", "crv": "P-256", "x": base64url(point.prefix(32)), "y": base64url(point.suffix(32))]
  }

  /// RFC 7638: members in this order, without white space.
  private var thumbprint: String {
    let json = "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"\(jwk["x"] ?? "")\",\"y\":\"\(jwk["y"] ?? "")\"}"
    return base64url(Data(SHA256.hash(data: Data(json.utf8))))
  }

  private func challengeError(_ response: HTTPURLResponse) -> String {
    let text = response.value(forHTTPHeaderField: "www-authenticate") ?? ""
    guard let start = text.range(of: "DPoP error=\"")?.upperBound else { return "" }
    return String(text[start...].prefix(while: { $0 != "\"" }))
  }

  private func problem(_ data: Data, _ response: HTTPURLResponse) -> PosternError {
    let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    return PosternError(status: response.statusCode, title: json?["title"] as? String ?? "")
  }
}

private func base64url<Bytes: DataProtocol>(_ bytes: Bytes) -> String {
  Data(bytes).base64EncodedString()
    .replacingOccurrences(of: "+", with: "-")
    .replacingOccurrences(of: "/", with: "_")
    .replacingOccurrences(of: "=", with: "")
}

/// Generic passwords of this device alone; they do not move to another one with a backup.
public struct Keychain: Sendable {
  let service: String

  private func query(_ account: String) -> [String: Any] {
    [kSecClass as String: kSecClassGenericPassword, kSecAttrService as String: service, kSecAttrAccount as String: account]
  }

  func read(_ account: String) -> Data? {
    var found: CFTypeRef?
    let wanted = query(account).merging([kSecReturnData as String: true]) { $1 }
    return SecItemCopyMatching(wanted as CFDictionary, &found) == errSecSuccess ? found as? Data : nil
  }

  func write(_ account: String, _ data: Data) {
    delete(account)
    let item = query(account).merging([
      kSecValueData as String: data,
      kSecAttrAccessible as String: kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly,
    ]) { $1 }
    SecItemAdd(item as CFDictionary, nil)
  }

  func delete(_ account: String) {
    SecItemDelete(query(account) as CFDictionary)
  }
}
