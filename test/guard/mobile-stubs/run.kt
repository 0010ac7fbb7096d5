/** Runs the sample on a plain JVM: a keystore in memory in the place of Android's, and an attestation that a test believes. */
package org.example.postern

import android.content.Context
import android.content.SharedPreferences
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.MessageDigest
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.util.Base64
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import okhttp3.HttpUrl.Companion.toHttpUrl

private var pair: KeyPair? = null

class MemoryKeyStore : KeyStoreSpi() {
    override fun engineGetKey(alias: String?, password: CharArray?): Key? = pair?.private
    override fun engineGetCertificate(alias: String?): Certificate? = pair?.let { Bare(it.public) }
    override fun engineContainsAlias(alias: String?): Boolean = pair != null
    override fun engineLoad(stream: InputStream?, password: CharArray?) {}
    override fun engineGetCertificateChain(alias: String?): Array<Certificate> = arrayOf()
    override fun engineGetCreationDate(alias: String?): Date = Date()
    override fun engineSetKeyEntry(a: String?, k: Key?, p: CharArray?, c: Array<out Certificate>?) {}
    override fun engineSetKeyEntry(a: String?, k: ByteArray?, c: Array<out Certificate>?) {}
    override fun engineSetCertificateEntry(alias: String?, certificate: Certificate?) {}
    override fun engineDeleteEntry(alias: String?) {}
    override fun engineAliases(): Enumeration<String> = Collections.emptyEnumeration()
    override fun engineSize(): Int = 1
    override fun engineIsKeyEntry(alias: String?): Boolean = true
    override fun engineIsCertificateEntry(alias: String?): Boolean = false
    override fun engineGetCertificateAlias(certificate: Certificate?): String? = null
    override fun engineStore(stream: OutputStream?, password: CharArray?) {}
}

class Bare(private val key: PublicKey) : Certificate("bare") {
    override fun getEncoded(): ByteArray = ByteArray(0)
    override fun verify(key: PublicKey?) {}
    override fun verify(key: PublicKey?, provider: String?) {}
    override fun toString(): String = "bare"
    override fun getPublicKey(): PublicKey = key
}

class MemoryKeyPairs : KeyPairGeneratorSpi() {
    override fun initialize(size: Int, random: SecureRandom?) {}
    override fun initialize(spec: AlgorithmParameterSpec?, random: SecureRandom?) {}
    override fun generateKeyPair(): KeyPair = KeyPairGenerator.getInstance("EC", "SunEC").run {
        initialize(ECGenParameterSpec("secp256r1"))
        generateKeyPair().also { pair = it }
    }
}

class MemoryProvider : Provider("AndroidKeyStore", "1", "in memory") {
    init {
        put("KeyStore.AndroidKeyStore", MemoryKeyStore::class.java.name)
        put("KeyPairGenerator.EC", MemoryKeyPairs::class.java.name)
    }
}

class Paper : Attester {
    override val format = "play-integrity"

    override fun enrol(key: DeviceKey, challenge: String, data: (String) -> ByteArray): Any {
        key.create(attestationChallenge = null)
        return paper(data(key.thumbprint()))
    }

    override fun assert(key: DeviceKey, data: ByteArray): String = paper(data)

    private fun paper(data: ByteArray): String {
        val hash = MessageDigest.getInstance("SHA-256").digest(data).joinToString("") { "%02x".format(it) }
        return Base64.getUrlEncoder().withoutPadding().encodeToString("""{"data":"$hash","key":"k"}""".toByteArray())
    }
}

class Memory : Context(), SharedPreferences, SharedPreferences.Editor {
    private val texts = mutableMapOf<String, String?>()
    private val longs = mutableMapOf<String, Long>()
    override val packageName = "org.example.shop"
    override fun getSharedPreferences(name: String, mode: Int): SharedPreferences = this
    override fun getString(key: String, default: String?): String? = texts[key] ?: default
    override fun getLong(key: String, default: Long): Long = longs[key] ?: default
    override fun edit(): SharedPreferences.Editor = this
    override fun putString(key: String, value: String?): SharedPreferences.Editor = apply { texts[key] = value }
    override fun putLong(key: String, value: Long): SharedPreferences.Editor = apply { longs[key] = value }
    override fun apply() {}
}

/** Arguments: the gateway's URL, and the person's token. */
fun main(arguments: Array<String>) {
    Security.addProvider(MemoryProvider())
    val context = Memory()
    val user = { arguments[1] }
    val client = PosternClient(arguments[0].toHttpUrl(), context, 50200, Paper(), userToken = user)
    println(client.call("GET", "/v1/orders?status=open"))
    println(client.call("DELETE", "/v1/orders/1?x=1"))
    // A second start of the app: the key and the enrolment are there.
    println(PosternClient(arguments[0].toHttpUrl(), context, 50200, Paper(), userToken = user).call("GET", "/v1/orders"))
    System.exit(0)
}
