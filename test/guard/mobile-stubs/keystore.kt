package android.security.keystore

import java.security.ProviderException
import java.security.spec.AlgorithmParameterSpec

class StrongBoxUnavailableException : ProviderException()

object KeyProperties {
    const val PURPOSE_SIGN = 4
    const val DIGEST_SHA256 = "SHA-256"
    const val KEY_ALGORITHM_EC = "EC"
}

class KeyGenParameterSpec private constructor() : AlgorithmParameterSpec {
    class Builder(alias: String, purposes: Int) {
        fun setAlgorithmParameterSpec(spec: AlgorithmParameterSpec): Builder = this
        fun setDigests(vararg digests: String): Builder = this
        fun setAttestationChallenge(challenge: ByteArray?): Builder = this
        fun setIsStrongBoxBacked(backed: Boolean): Builder = this
        fun build(): KeyGenParameterSpec = KeyGenParameterSpec()
    }
}
