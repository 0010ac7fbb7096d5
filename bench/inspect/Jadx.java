import jadx.api.JadxArgs;
import jadx.api.JadxDecompiler;
import java.io.File;

/** `jadx FILE -d FOLDER`, as jadx-cli does it with its defaults; Maven Central has no jadx-cli whose parts are all there. */
public class Jadx {
  public static void main(String[] words) throws Exception {
    JadxArgs args = new JadxArgs();
    for (int i = 0; i < words.length; i++) {
      if (words[i].equals("-d")) args.setOutDir(new File(words[++i]));
      else if (!words[i].startsWith("-")) args.setInputFile(new File(words[i]));
    }
    try (JadxDecompiler jadx = new JadxDecompiler(args)) {
      jadx.load();
      jadx.save();
    }
  }
}
