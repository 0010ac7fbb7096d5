package android.os

object Build {
    object VERSION { @JvmField val SDK_INT: Int = 35 }
    object VERSION_CODES { const val P = 28 }
}
