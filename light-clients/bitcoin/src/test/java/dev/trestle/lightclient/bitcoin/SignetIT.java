package dev.trestle.lightclient.bitcoin;

import static dev.trestle.lightclient.bitcoin.RegtestNode.quoted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.SecretKey;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.VerifiedUpdate;
import dev.trestle.lightclient.bitcoin.SignetMiner.Solution;
import dev.trestle.lightclient.bitcoin.SignetMiner.Template;
import dev.trestle.lightclient.bitcoin.script.Opcode;
import dev.trestle.lightclient.bitcoin.script.OutputScript;
import dev.trestle.lightclient.bitcoin.script.ScriptBuilder;
import dev.trestle.lightclient.bitcoin.script.SigHash;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Signets of our own on a real bitcoind (BIP-325): it takes the blocks whose solutions we take, and
 * refuses those that we refuse. Each block costs some five million hashes.
 */
class SignetIT {
  private static final long UNITS = 1_000_000;
  private static final List<SecretKey> KEYS =
      List.of(SignetMiner.key("one"), SignetMiner.key("two"), SignetMiner.key("three"));

  private final BitcoinLightClient client = new BitcoinLightClient();

  @TempDir private Path directory;

  @Test
  void twoOfThree() throws Exception {
    SignetChallenge challenge = SignetChallenge.parse(SignetMiner.multisig(2, KEYS)).orThrow();
    SignetMiner miner = new SignetMiner(challenge);
    try (RegtestNode node = node(challenge)) {
      Template first = template(node);
      List<SecretKey> stranger = List.of(KEYS.getFirst(), SignetMiner.key("stranger"));
      refused(
          node,
          challenge,
          miner.solve(first, toSign -> miner.bare(toSign, stranger)),
          "signet-bad-solution");
      refused(node, challenge, SignetMiner.unsolved(first), "signet-no-solution");
      ClientView view = start(challenge);
      view =
          taken(node, view, miner.solve(first, toSign -> miner.bare(toSign, KEYS.subList(0, 2))));
      // what nodes need not take but do: s over half the order, and more on the stack than is asked
      SignetHeader second =
          miner.solve(
              template(node),
              toSign -> {
                Hash32 digest = SigHash.legacy(toSign, 0, challenge.script());
                Bytes script =
                    new ScriptBuilder()
                        .number(16)
                        .op(Opcode.OP_0)
                        .push(SignetMiner.highS(KEYS.get(1), digest))
                        .push(SignetMiner.signature(KEYS.get(2), digest))
                        .build();
                return new Solution(script, List.of());
              });
      view = taken(node, view, second);
      assertThat(client.latest(view).height()).isEqualTo(2);
    }
  }

  @Test
  void witnessScriptHash() throws Exception {
    Bytes inner = SignetMiner.multisig(1, KEYS.subList(0, 2));
    SignetChallenge challenge = SignetChallenge.parse(OutputScript.p2wsh(inner)).orThrow();
    SignetMiner miner = new SignetMiner(challenge);
    try (RegtestNode node = node(challenge)) {
      SignetHeader block =
          miner.solve(
              template(node),
              toSign -> {
                Hash32 digest = SigHash.witnessV0(toSign, 0, inner, 0);
                Bytes signature = SignetMiner.signature(KEYS.get(1), digest);
                return new Solution(Bytes.EMPTY, List.of(Bytes.EMPTY, signature, inner));
              });
      taken(node, start(challenge), block);
    }
  }

  private RegtestNode node(SignetChallenge challenge) throws Exception {
    return RegtestNode.start(
        "BITCOIND",
        "-signet",
        directory,
        "-signetchallenge=" + challenge.script().toHex(),
        "-connect=0",
        "-natpmp=0",
        "-disablewallet");
  }

  private ClientView start(SignetChallenge challenge) {
    ClientSettings settings =
        ClientSettings.of(BitcoinNetworks.BITCOIN_SIGNET).withChallenge(challenge);
    Bytes anchor = new AnchorBuilder(BitcoinNetworks.BITCOIN_SIGNET, settings).genesis().encode();
    return client.initialize(anchor, new Budget(UNITS)).orThrow().over(key -> Optional.empty());
  }

  private static Template template(RegtestNode node) throws Exception {
    JsonNode wanted = node.call("getblocktemplate", "{\"rules\":[\"segwit\",\"signet\"]}");
    return new Template(
        wanted.get("height").asInt(),
        Hash32.fromReversedHex(wanted.get("previousblockhash").asString()),
        wanted.get("curtime").asLong(),
        Long.parseLong(wanted.get("bits").asString(), 16),
        wanted.get("coinbasevalue").asLong());
  }

  private static void refused(
      RegtestNode node, SignetChallenge challenge, SignetHeader block, String code)
      throws Exception {
    SignetHeader mined = SignetMiner.mine(block);
    assertThat(TestClient.code(SignetSolution.verify(mined, challenge))).isEqualTo(code);
    assertThat(node.call("submitblock", quoted(SignetMiner.block(mined))).asString())
        .isEqualTo("bad-signet-blksig");
  }

  /** By the node and by the client, which is given the block as the node hands it out. */
  private ClientView taken(RegtestNode node, ClientView view, SignetHeader block) throws Exception {
    SignetHeader mined = SignetMiner.mine(block);
    JsonNode answer = node.call("submitblock", quoted(SignetMiner.block(mined)));
    assertThat(answer.isNull()).as(answer.toString()).isTrue();
    String best = node.call("getbestblockhash").asString();
    assertThat(best).isEqualTo(mined.header().id().toReversedHex());
    Bytes raw = Bytes.fromHex(node.call("getblock", quoted(best), "0").asString());
    FullBlock whole = FullBlock.parse(raw).orThrow();
    assertThat(SignetHeader.of(whole)).isEqualTo(mined);
    Bytes update = client.encodeUpdate(List.of(SignetHeader.of(whole).encode()));
    Verdict<VerifiedUpdate> verdict =
        client.verify(view, update, new Budget(UNITS), mined.header().time());
    assertThat(TestClient.code(verdict)).isEqualTo("accepted");
    return client.apply(view, verdict.orThrow()).over(view);
  }
}
