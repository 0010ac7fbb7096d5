package com.google.android.play.core.integrity

import android.content.Context
import com.google.android.gms.tasks.Task

object IntegrityManagerFactory {
    @JvmStatic fun create(context: Context): IntegrityManager = throw UnsupportedOperationException()
}

interface IntegrityManager {
    fun requestIntegrityToken(request: IntegrityTokenRequest): Task<IntegrityTokenResponse>
}

abstract class IntegrityTokenResponse {
    abstract fun token(): String
}

abstract class IntegrityTokenRequest {
    abstract class Builder {
        abstract fun setNonce(nonce: String): Builder
        abstract fun build(): IntegrityTokenRequest
    }
    companion object {
        @JvmStatic fun builder(): Builder = throw UnsupportedOperationException()
    }
}
