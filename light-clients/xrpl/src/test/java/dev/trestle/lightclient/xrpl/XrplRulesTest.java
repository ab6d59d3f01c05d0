package dev.trestle.lightclient.xrpl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Digests;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.vectors.VectorJson;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class XrplRulesTest {
  private static final long SEED = 20_261_126L;
  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private static JsonNode xpop() throws IOException {
    Path file = Path.of("src/test/resources/vectors/xrpl/xpop/ImportTCAccountSet.min.json");
    return VectorJson.field(VectorJson.parse(Bytes.wrap(Files.readAllBytes(file))), "xpop");
  }

  private static SignedList realList() throws IOException {
    JsonNode unl = VectorJson.field(VectorJson.field(xpop(), "validation"), "unl");
    return new SignedList(
        Bytes.wrap(Base64.getDecoder().decode(VectorJson.text(unl, "manifest"))),
        Bytes.wrap(Base64.getDecoder().decode(VectorJson.text(unl, "blob"))),
        VectorJson.hex(unl, "signature"));
  }

  @Test
  void aRealListNamesItsValidators() throws IOException {
    SignedList list = realList();
    XrplKey publisher = Manifest.decode(list.manifest()).master();
    SignedList.Verified verified = list.verify(publisher, new Budget(10_000)).orThrow();
    assertThat(verified.list().sequence()).isEqualTo(1);
    assertThat(verified.list().members()).hasSize(2);
    assertThat(verified.list().members()).allMatch(each -> each.signingKey().isPresent());
  }

  @Test
  void aRealValidationIsSignedAndNoBitOfItMayChange() throws IOException {
    JsonNode data = VectorJson.field(VectorJson.field(xpop(), "validation"), "data");
    Bytes encoded = VectorJson.hex(data.iterator().next());
    assertThat(Validation.decode(encoded).isSigned()).isTrue();
    for (int bit = 0; bit < 8 * encoded.size(); bit++) {
      byte[] mutant = encoded.toArray();
      mutant[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(isSigned(Bytes.wrap(mutant))).as("bit %d", bit).isFalse();
    }
  }

  private static boolean isSigned(Bytes validation) {
    try {
      return Validation.decode(validation).isSigned();
    } catch (DecodeException e) {
      return false;
    }
  }

  @Test
  void quorumIsFourFifthsRoundedUp() {
    for (int n = 1; n <= 1_024; n++) {
      int quorum = ValidatorList.quorum(n);
      assertThat(5 * quorum).isGreaterThanOrEqualTo(4 * n);
      assertThat(5 * (quorum - 1)).isLessThan(4 * n);
    }
    assertThat(ValidatorList.quorum(35)).isEqualTo(28);
    assertThat(ValidatorList.quorum(36)).isEqualTo(29);
  }

  @Test
  void onlyOneFormOfASignatureIsTaken() {
    TestKey key = TestKey.secp256k1("canonical");
    Bytes message = Bytes.utf8("message");
    Bytes good = key.sign(message);
    assertThat(key.key().verify(message, good)).isTrue();
    int endOfR = 4 + good.at(3);
    Bytes r = good.slice(2, endOfR);
    BigInteger s = new BigInteger(1, good.slice(endOfR + 2, good.size()).toArray());
    Bytes high = integer(ORDER.subtract(s).toByteArray());
    Bytes padded = Bytes.concat(Bytes.fromHex("00"), Bytes.wrap(s.toByteArray()));
    List<Bytes> bad =
        List.of(
            sequence(r, high),
            sequence(r, integer(padded.toArray())),
            Bytes.concat(good, Bytes.fromHex("00")),
            Bytes.concat(Bytes.fromHex("3081"), good.slice(1, good.size())),
            sequence(r, integer(new byte[] {0})),
            sequence(integer(new byte[] {0}), good.slice(endOfR, good.size())));
    for (Bytes each : bad) {
      assertThat(key.key().verify(message, each)).as("%s", each).isFalse();
    }
  }

  private static Bytes integer(byte[] digits) {
    return Bytes.concat(Bytes.wrap(new byte[] {2, (byte) digits.length}), Bytes.wrap(digits));
  }

  private static Bytes sequence(Bytes r, Bytes s) {
    return Bytes.concat(Bytes.wrap(new byte[] {0x30, (byte) (r.size() + s.size())}), r, s);
  }

  @Test
  void objectsHaveOneForm() {
    Bytes good = Bytes.fromHex("2280000001" + "2600000234" + "730102");
    assertThat(StObject.decode(good).fields()).hasSize(3);
    for (String bad :
        List.of(
            "", // nothing
            "26000002342280000001", // out of order
            "22800000012280000001", // twice
            "2280000001ff", // an unknown type
            "20020000000100", // a long id for a short number
            "2280", // truncated
            "73c1", // a length without its second byte
            "031303010203")) { // hashes of another size
      assertThatThrownBy(() -> StObject.decode(Bytes.fromHex(bad)))
          .as(bad)
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void treesProveEachKeyOrItsAbsence() {
    Random random = new Random(SEED);
    for (int round = 0; round < 30; round++) {
      TreeMap<Hash32, Bytes> items = new TreeMap<>();
      for (int i = 0; i < round; i++) {
        items.put(key(random), Bytes.utf8("item " + i));
      }
      TestTree tree = new TestTree(LedgerPath.Kind.STATE, items);
      List<Hash32> keys = new ArrayList<>(items.keySet());
      for (int i = 0; i < 20; i++) {
        keys.add(key(random));
      }
      for (Hash32 key : keys) {
        LedgerPath path = new LedgerPath(LedgerPath.Kind.STATE, 1, key);
        ShaMapProof proof = ShaMapProof.decode(tree.proof(key).encode());
        Optional<Bytes> item = Optional.ofNullable(items.get(key));
        assertThat(proof.absent(path, tree.root()).isAccepted())
            .as("seed %d, round %d, %s", SEED, round, key)
            .isEqualTo(item.isEmpty());
        assertThat(proof.present(path, tree.root(), item.orElse(Bytes.utf8("item 0"))).isAccepted())
            .isEqualTo(item.isPresent());
      }
    }
  }

  /** Few different beginnings, so that trees are deep. */
  private static Hash32 key(Random random) {
    byte[] key = Digests.sha256(Bytes.utf8("key " + random.nextInt(1_000))).toArray();
    key[0] = (byte) (random.nextInt(2) * 0x11);
    key[1] = (byte) (random.nextInt(2) * 0x10);
    return Hash32.wrap(key);
  }
}
