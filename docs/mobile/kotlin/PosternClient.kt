// A client of Postern's gateway for Android 9 (API 28) and later: the key lives in the Android Keystore and signs each call.
// Copy it into the app. Needs OkHttp; Play Integrity only where `PlayIntegrity` is used.
package org.example.postern

import android.content.Context
import android.content.SharedPreferences
import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import android.util.Base64
import com.google.android.gms.tasks.Tasks
import com.google.android.play.core.integrity.IntegrityManagerFactory
import com.google.android.play.core.integrity.IntegrityTokenRequest
import java.math.BigInteger
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.MessageDigest
import java.security.PrivateKey
import java.security.Signature
import java.security.interfaces.ECPublicKey
import java.security.spec.ECGenParameterSpec
import java.util.UUID
import okhttp3.HttpUrl
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody
import okhttp3.RequestBody.Companion.toRequestBody
import okhttp3.Response
import org.json.JSONArray
import org.json.JSONObject

class PosternException(val status: Int, title: String) : Exception(title)

/** How this app and its key are attested, and how a fresh operation is confirmed. */
interface Attester {
    val format: String

    /** Makes the device's key and attests it. [challenge] is the gateway's; [data] gives the lines to hash for a key. */
    fun enrol(key: DeviceKey, challenge: String, data: (jkt: String) -> ByteArray): Any

    fun assert(key: DeviceKey, data: ByteArray): String
}

/** By the hardware that holds the key; no Google services needed. */
class KeyAttestation : Attester {
    override val format = "key-attestation"

    override fun enrol(key: DeviceKey, challenge: String, data: (String) -> ByteArray): Any {
        // The challenge is fixed before there is a key, so it names none; the attested key is the one of the proofs.
        key.create(attestationChallenge = sha256(data("")))
        return JSONArray(key.certificates().map { Base64.encodeToString(it, Base64.NO_WRAP) })
    }

    override fun assert(key: DeviceKey, data: ByteArray): String =
        key.jwt("postern-assertion+jwt", JSONObject().put("hash", base64url(sha256(data))))
}

/** By Google Play (classic request): that it knows this app, and what it says of the device. */
class PlayIntegrity(context: Context) : Attester {
    override val format = "play-integrity"
    private val manager = IntegrityManagerFactory.create(context)

    override fun enrol(key: DeviceKey, challenge: String, data: (String) -> ByteArray): Any {
        key.create(attestationChallenge = null)
        return token(data(key.thumbprint()))
    }

    override fun assert(key: DeviceKey, data: ByteArray): String = token(data)

    private fun token(data: ByteArray): String {
        val request = IntegrityTokenRequest.builder().setNonce(base64url(sha256(data))).build()
        return Tasks.await(manager.requestIntegrityToken(request)).token()
    }
}

/** Blocking, as OkHttp is: call it from a worker thread. [userToken] gives the person's own access token, fresh. */
class PosternClient(
    private val base: HttpUrl,
    context: Context,
    private val versionCode: Long,
    private val attester: Attester,
    private val http: OkHttpClient = OkHttpClient(),
    private val userToken: () -> String,
) {
    private val app: String = context.packageName
    private val stored: SharedPreferences = context.getSharedPreferences("postern", Context.MODE_PRIVATE)
    private val key = DeviceKey("postern")
    private val lock = Any()
    private var token: String? = null
    private var tokenUntil = 0L
    @Volatile private var nonce: String? = null

    /** @return the body of the answer; what a 401 asks for is done once each. */
    fun call(method: String, target: String, body: ByteArray? = null, headers: Map<String, String> = emptyMap()): String {
        val extra = headers.toMutableMap()
        val done = mutableSetOf<String>()
        while (true) {
            val access = accessToken()
            send(method, target, "DPoP", access, body, extra).use { response ->
                if (response.isSuccessful) return response.body?.string().orEmpty()
                val error = challengeError(response)
                if (response.code != 401 || !done.add(error)) throw problem(response)
                when (error) {
                    "use_dpop_nonce" -> {}
                    "invalid_token" -> synchronized(lock) { if (token == access) token = null }
                    "insufficient_user_authentication" -> {
                        val challenge = response.header("postern-challenge") ?: throw problem(response)
                        val hash = base64url(sha256(body ?: ByteArray(0)))
                        val data = lines("postern-request-1", challenge, key.thumbprint(), method, target, hash)
                        extra["postern-challenge"] = challenge
                        extra["postern-assertion"] = "${attester.format} ${attester.assert(key, data)}"
                    }
                    else -> throw problem(response)
                }
            }
        }
    }

    private fun accessToken(): String = synchronized(lock) {
        token?.takeIf { System.currentTimeMillis() < tokenUntil - 30_000 } ?: obtain()
    }

    private fun obtain(): String {
        val device = stored.getString("device", null)
        if (device == null || stored.getLong("version", 0) != versionCode || !key.exists()) return enrol()
        return try {
            accept(post("/device/token") { proof -> JSONObject().put("device", device).put("proof", proof) })
        } catch (error: PosternException) {
            // Revoked: a genuine app may enrol again.
            if (error.status == 403) enrol() else throw error
        }
    }

    private fun enrol(): String {
        val challenge = post("/device/challenge") { JSONObject() }.getString("challenge")
        val version = versionCode.toString()
        val attestation = attester.enrol(key, challenge) { jkt -> lines("postern-enrol-1", challenge, jkt, app, version) }
        val granted = post("/device/enrol") { proof ->
            JSONObject()
                .put("format", attester.format)
                .put("platform", "android")
                .put("app", app)
                .put("version", version)
                .put("challenge", challenge)
                .put("proof", proof)
                .put("attestation", attestation)
        }
        stored.edit().putString("device", granted.getString("device")).putLong("version", versionCode).apply()
        return accept(granted)
    }

    private fun accept(granted: JSONObject): String {
        val value = granted.getString("access_token")
        token = value
        tokenUntil = System.currentTimeMillis() + granted.getLong("expires_in") * 1000
        return value
    }

    /** With the person's own token; the proof of the device's key goes in the body. */
    private fun post(path: String, body: (proof: String) -> JSONObject): JSONObject {
        repeat(2) { attempt ->
            val user = userToken()
            // Before the first enrolment there is no key, and the challenge needs none.
            val proof = if (key.exists()) proof("POST", path, user) else ""
            send("POST", path, "Bearer", user, body(proof).toString().toByteArray(), emptyMap()).use { response ->
                if (response.isSuccessful) return JSONObject(response.body?.string().orEmpty())
                if (attempt > 0 || challengeError(response) != "use_dpop_nonce") throw problem(response)
            }
        }
        throw PosternException(401, "the gateway keeps asking for another nonce")
    }

    private fun send(
        method: String,
        target: String,
        scheme: String,
        token: String,
        body: ByteArray?,
        headers: Map<String, String>,
    ): Response {
        val type = (headers["content-type"] ?: "application/json").toMediaType()
        val content: RequestBody? = body?.toRequestBody(type) ?: if (method == "POST") ByteArray(0).toRequestBody() else null
        val request = Request.Builder()
            .url(base.resolve(target) ?: throw IllegalArgumentException("not a target"))
            .method(method, content)
            .header("authorization", "$scheme $token")
        for ((name, value) in headers) request.header(name, value)
        if (scheme == "DPoP") request.header("dpop", proof(method, target, token))
        val response = http.newCall(request.build()).execute()
        nonce = response.header("dpop-nonce") ?: nonce
        return response
    }

    /** RFC 9449 section 4.2. */
    private fun proof(method: String, target: String, token: String): String {
        val claims = JSONObject()
            .put("jti", UUID.randomUUID().toString())
            .put("htm", method)
            .put("htu", base.resolve(target.substringBefore('?')).toString())
            .put("iat", System.currentTimeMillis() / 1000)
            .put("ath", base64url(sha256(token.toByteArray())))
        nonce?.let { claims.put("nonce", it) }
        return key.jwt("dpop+jwt", claims)
    }

    private fun challengeError(response: Response): String =
        Regex("DPoP error=\"([a-z_]+)\"").find(response.header("www-authenticate").orEmpty())?.groupValues?.get(1).orEmpty()

    private fun problem(response: Response): PosternException {
        val title = runCatching { JSONObject(response.body?.string().orEmpty()).getString("title") }.getOrDefault("")
        return PosternException(response.code, title)
    }
}

/** A P-256 key of the Android Keystore: in StrongBox where there is one, else in the trusted environment. */
class DeviceKey(private val alias: String) {
    private val store = KeyStore.getInstance("AndroidKeyStore").apply { load(null) }

    fun exists(): Boolean = store.containsAlias(alias)

    fun create(attestationChallenge: ByteArray?) {
        try {
            generate(attestationChallenge, strongBox = Build.VERSION.SDK_INT >= Build.VERSION_CODES.P)
        } catch (error: StrongBoxUnavailableException) {
            generate(attestationChallenge, strongBox = false)
        }
    }

    private fun generate(attestationChallenge: ByteArray?, strongBox: Boolean) {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
            .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
            .setDigests(KeyProperties.DIGEST_SHA256)
            .setAttestationChallenge(attestationChallenge)
            .setIsStrongBoxBacked(strongBox)
            .build()
        KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, "AndroidKeyStore").run {
            initialize(spec)
            generateKeyPair()
        }
    }

    /** The leaf first. */
    fun certificates(): List<ByteArray> = store.getCertificateChain(alias).map { it.encoded }

    fun jwt(type: String, claims: JSONObject): String {
        val header = JSONObject().put("typ", type).put("alg", "ES256").put("jwk", jwk())
        val input = base64url(header.toString().toByteArray()) + "." + base64url(claims.toString().toByteArray())
        return input + "." + base64url(sign(input.toByteArray()))
    }

    /** RFC 7638: members in this order, without white space. */
    fun thumbprint(): String {
        val (x, y) = coordinates()
        return base64url(sha256("""{"crv":"P-256","kty":"EC","x":"$x","y":"$y"}""".toByteArray()))
    }

    private fun jwk(): JSONObject {
        val (x, y) = coordinates()
        return JSONObject().put("kty", "EC").put("crv", "P-256").put("x", x).put("y", y)
    }

    private fun coordinates(): Pair<String, String> {
        val point = (store.getCertificate(alias).publicKey as ECPublicKey).w
        return Pair(base64url(fixed(point.affineX)), base64url(fixed(point.affineY)))
    }

    private fun sign(bytes: ByteArray): ByteArray {
        val der = Signature.getInstance("SHA256withECDSA").run {
            initSign(store.getKey(alias, null) as PrivateKey)
            update(bytes)
            sign()
        }
        // SEQUENCE { INTEGER r, INTEGER s }, short lengths: two numbers of at most 33 bytes.
        val r = der.copyOfRange(4, 4 + der[3])
        val s = der.copyOfRange(6 + der[3], der.size)
        return fixed(BigInteger(1, r)) + fixed(BigInteger(1, s))
    }

    /** 32 bytes, big endian. */
    private fun fixed(number: BigInteger): ByteArray {
        val bytes = number.toByteArray()
        return ByteArray(maxOf(0, 32 - bytes.size)) + bytes.copyOfRange(maxOf(0, bytes.size - 32), bytes.size)
    }
}

private fun lines(vararg texts: String): ByteArray = texts.joinToString("\n").toByteArray()

private fun sha256(bytes: ByteArray): ByteArray = MessageDigest.getInstance("SHA-256").digest(bytes)

private fun base64url(bytes: ByteArray): String =
    Base64.encodeToString(bytes, Base64.URL_SAFE or Base64.NO_PADDING or Base64.NO_WRAP)
