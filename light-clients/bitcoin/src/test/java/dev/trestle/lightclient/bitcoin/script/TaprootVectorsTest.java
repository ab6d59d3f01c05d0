package dev.trestle.lightclient.bitcoin.script;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.Secp256k1;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.Oracle;
import dev.trestle.lightclient.bitcoin.Vectors;
import dev.trestle.lightclient.bitcoin.tx.BitcoinTransaction;
import dev.trestle.lightclient.bitcoin.tx.TxOutput;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** BIP-341's wallet vectors. */
class TaprootVectorsTest {
  private static final AddressFormat MAINNET = BitcoinNetworks.BITCOIN_MAINNET.addresses();

  private static Optional<TapTree> tree(JsonNode node, List<TapTree.Leaf> leaves) {
    if (node.isNull()) {
      return Optional.empty();
    }
    if (node.isArray()) {
      TapTree left = tree(node.get(0), leaves).orElseThrow();
      return Optional.of(new TapTree.Branch(left, tree(node.get(1), leaves).orElseThrow()));
    }
    TapTree.Leaf leaf =
        new TapTree.Leaf(node.get("leafVersion").asInt(), Vectors.hex(node.get("script")));
    leaves.add(leaf);
    return Optional.of(leaf);
  }

  @Test
  void outputsAddressesAndControlBlocks() {
    JsonNode cases = Vectors.json("bip341/wallet-test-vectors.json").get("scriptPubKey");
    for (JsonNode each : cases) {
      Hash32 internalKey = new Hash32(Vectors.hex(each.get("given").get("internalPubkey")));
      List<TapTree.Leaf> leaves = new ArrayList<>();
      TaprootOutput output =
          TaprootOutput.of(internalKey, tree(each.get("given").get("scriptTree"), leaves));
      JsonNode expected = each.get("expected");
      assertThat(output.script()).isEqualTo(Vectors.hex(expected.get("scriptPubKey")));
      assertThat(output.outputKey().toHex())
          .isEqualTo(each.get("intermediary").get("tweakedPubkey").asString());
      String address = expected.get("bip350Address").asString();
      assertThat(Address.of(MAINNET, output.script())).contains(address);
      assertThat(Address.decode(MAINNET, address)).contains(output.script());
      for (int i = 0; i < leaves.size(); i++) {
        Bytes control = output.controlBlock(leaves.get(i)).orElseThrow();
        assertThat(control).isEqualTo(Vectors.hex(expected.get("scriptPathControlBlocks").get(i)));
        assertThat(leaves.get(i).hash().toHex())
            .isEqualTo(each.get("intermediary").get("leafHashes").get(i).asString());
        assertThat(TaprootOutput.commits(output.script(), leaves.get(i).script(), control))
            .isEqualTo(leaves.get(i).version() == TapTree.TAPSCRIPT);
      }
    }
    Vectors.report("bip341 scriptPubKey", cases.size());
  }

  @Test
  void keyPathSignatureHashes() {
    JsonNode file = Vectors.json("bip341/wallet-test-vectors.json").get("keyPathSpending").get(0);
    Bytes raw = Vectors.hex(file.get("given").get("rawUnsignedTx"));
    BitcoinTransaction transaction = BitcoinTransaction.parse(raw).orThrow();
    List<TxOutput> spent =
        StreamSupport.stream(file.get("given").get("utxosSpent").spliterator(), false)
            .map(
                utxo ->
                    new TxOutput(
                        utxo.get("amountSats").asLong(), Vectors.hex(utxo.get("scriptPubKey"))))
            .toList();
    int count = 0;
    for (JsonNode each : file.get("inputSpending")) {
      int input = each.get("given").get("txinIndex").asInt();
      int type = each.get("given").get("hashType").asInt();
      SecretKey secret = SecretKey.of(Vectors.hex(each.get("given").get("internalPrivkey")));
      JsonNode root = each.get("given").get("merkleRoot");
      Optional<Hash32> merkleRoot =
          root.isNull() ? Optional.empty() : Optional.of(new Hash32(Vectors.hex(root)));
      Hash32 internal = secret.publicKey().xOnly();
      assertThat(TaprootOutput.tweak(internal, merkleRoot).toHex())
          .isEqualTo(each.get("intermediary").get("tweak").asString());
      if (type > 1) {
        continue; // hash types that leave something unsigned are not made
      }
      Hash32 digest =
          SigHash.taprootKeyPath(
              transaction, input, spent, type == 0 ? SigHash.Taproot.DEFAULT : SigHash.Taproot.ALL);
      assertThat(digest.toHex())
          .isEqualTo(each.get("intermediary").get("sigHash").asString())
          .isEqualTo(Oracle.taprootKeyPath(raw, input, spent, type).toHex());
      count++;
    }
    Bytes signed = Vectors.hex(file.get("auxiliary").get("fullySignedTx"));
    assertThat(BitcoinTransaction.parse(signed).orThrow().serialize()).isEqualTo(signed);
    Vectors.report("bip341 keyPathSpending with DEFAULT or ALL", count);
    assertThat(count).isEqualTo(2);
  }

  @Test
  void theUnspendableKeyIsOnTheCurveAndTheCommitmentIsChecked() {
    TapTree.Leaf leaf = TapTree.Leaf.of(new ScriptBuilder().op(Opcode.OP_1).build());
    TapTree.Leaf other = TapTree.Leaf.of(new ScriptBuilder().number(2).build());
    TaprootOutput output = TaprootOutput.scriptsOnly(new TapTree.Branch(leaf, other));
    Bytes control = output.controlBlock(leaf).orElseThrow();
    assertThat(TaprootOutput.commits(output.script(), leaf.script(), control)).isTrue();
    assertThat(TaprootOutput.commits(output.script(), other.script(), control)).isFalse();
    for (int bit = 0; bit < control.size() * 8; bit++) {
      byte[] flipped = control.toArray();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(TaprootOutput.commits(output.script(), leaf.script(), Bytes.wrap(flipped)))
          .as("bit " + bit)
          .isFalse();
    }
    assertThat(
            Secp256k1.instance()
                .isPublicKey(Bytes.concat(Bytes.fromHex("02"), TaprootOutput.NUMS_KEY.bytes())))
        .isTrue();
  }
}
