import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Utils;

/**
 * Asks Kafka's own producer classes where keys go. From the folder of this file, with the jars of
 * org.apache.kafka:kafka-clients:4.3.1 and org.slf4j:slf4j-api from Maven Central beside it:
 *
 *     java -cp "kafka-clients-4.3.1.jar:slf4j-api.jar" PartitionVectors.java > partitions.json
 */
public class PartitionVectors {
  static final int[] COUNTS = {1, 2, 3, 8, 12, 50, 1000};

  public static void main(String[] args) {
    List<String> keys = new ArrayList<>(List.of(
        "", "a", "ab", "abc", "abcd", "abcde", "order-1", "order-2", "21", "foobar",
        "$definition/workflow/order_fulfilment", "$definition/task/charge", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "customer:42@eu+test=1", "Bestellung-Äöüß", "注文-1", "🎼", "a🎼b", "naïve", "\u007f", "\u0080", "\u07ff", "\u0800"));
    Random random = new Random(20240607);
    for (int length = 1; length <= 128; length++) {
      StringBuilder key = new StringBuilder();
      for (int i = 0; i < length; i++) key.append((char) (length % 16 == 0 ? 0x20 + random.nextInt(0x2000) : 0x30 + random.nextInt(75)));
      keys.add(key.toString());
    }
    StringBuilder out = new StringBuilder("[\n");
    for (String key : keys) {
      byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
      out.append(out.length() > 2 ? ",\n" : "").append("  { \"key\": \"").append(quoted(key)).append("\", \"murmur2\": ").append(Utils.murmur2(bytes)).append(", \"partitions\": {");
      for (int i = 0; i < COUNTS.length; i++)
        out.append(i > 0 ? ", " : " ").append('"').append(COUNTS[i]).append("\": ").append(BuiltInPartitioner.partitionForKey(bytes, COUNTS[i]));
      out.append(" } }");
    }
    System.out.println(out.append("\n]"));
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) out.append(c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
    return out.toString();
  }
}
