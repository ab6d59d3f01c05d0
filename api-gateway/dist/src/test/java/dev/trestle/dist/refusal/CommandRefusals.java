package dev.trestle.dist.refusal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.Devnet;
import dev.trestle.dist.devnet.DevnetWallet;
import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.relay.ledger.tx.Transaction;
import dev.trestle.sdk.Chains;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * The command line: the documented exit code, one clear line on stderr and nothing on stdout; with
 * {@code --json} the line is one JSON object.
 */
abstract class CommandRefusals {
  private static final String NOWHERE = "cd".repeat(32);
  private static final String MAINNET = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4";
  private static final String BTC = Devnet.BTC.toString();
  private static final String ETH = Devnet.ETH.toString();

  private final Scene scene = RefusalIT.scene();

  /** What one command left behind. */
  private record Run(int exit, String out, String err) {}

  private Run run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--server");
    all.add(scene.network().gatewayUrl().toString());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        TrestleMain.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all.toArray(String[]::new));
    return new Run(exit, out.toString(), err.toString());
  }

  private void refused(int exit, String code, String... arguments) {
    Run text = run(arguments);
    assertThat(text.exit()).as(text.err()).isEqualTo(exit);
    assertThat(text.out()).isEmpty();
    assertThat(text.err().strip().lines()).as(text.err()).hasSize(1);
    assertThat(text.err()).startsWith("trestle: " + code + ": ").endsWith(" [exit " + exit + "]\n");
    String[] withJson = Arrays.copyOf(arguments, arguments.length + 1);
    withJson[arguments.length] = "--json";
    Run json = run(withJson);
    assertThat(json.exit()).as(json.err()).isEqualTo(exit);
    assertThat(json.out()).isEmpty();
    assertThat(json.err().strip().lines()).as(json.err()).hasSize(1);
    JsonNode failure = Rest.JSON.readTree(json.err());
    assertThat(failure.propertyNames()).containsExactly("code", "detail", "exit");
    assertThat(failure.path("code").asString()).isEqualTo(code);
    assertThat(failure.path("detail").asString()).isNotBlank();
    assertThat(failure.path("exit").asInt()).isEqualTo(exit);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    scene.unchanged(
        () -> {
          refused(3, "not-found", "swap", "show", NOWHERE);
          refused(3, "not-found", "transfer", "show", NOWHERE);
          refused(3, "not-found", "relay", "block", "999999999");
          refused(3, "not-found", "relay", "tx", NOWHERE);
          refused(3, "unknown-chain", "chain", "show", Devnet.LITECOIN.toString());
          refused(
              3,
              "not-found",
              "relay",
              "proof",
              NOWHERE,
              "--genesis",
              scene.network().files().genesisFile().toString());
        });
    assertThat(run("chain", "show", Devnet.BITCOIN.toString()).exit()).isZero();
    assertThat(run("relay", "block", "1").exit()).isZero();
    assertThat(run("status").exit()).isZero();
  }

  @Test
  void whatIsWrongIsNamed() {
    String tooLarge = "1" + "0".repeat(78);
    scene.unchanged(
        () -> {
          refused(2, "usage", "swap", "show");
          refused(2, "usage", "swap", "quote", "--from", BTC, "--nonsense");
          refused(2, "validation-failed", "swap", "show", "7");
          quoteRefused(2, "amount-out-of-range", BTC, "0");
          quoteRefused(2, "amount-out-of-range", BTC, tooLarge);
          quoteRefused(2, "unknown-chain", Devnet.LTC.toString(), "1000");
          quoteRefused(4, "route-unavailable", BTC, "7");
          quoteRefused(2, "validation-failed", "bitcoin", "7");
          refused(2, "validation-failed", "chain", "register", file("00").toString());
          refused(2, "bad-signature", "chain", "register", file(unsigned()).toString());
        });
  }

  private void quoteRefused(int exit, String code, String from, String amount) {
    refused(exit, code, "swap", "quote", "--from", from, "--to", ETH, "--amount", amount);
  }

  private Path file(String text) {
    try {
      return Files.writeString(scene.dir().resolve(Integer.toHexString(text.hashCode())), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A registration of Bitcoin that is in the chain, with its signature's last bit changed. */
  private String unsigned() {
    Bytes genuine =
        Transaction.sign(
                scene.network().genesis().chainId(),
                scene.key("command"),
                0,
                scene
                    .network()
                    .registrations()
                    .proofOfWork(
                        scene.chain(Devnet.BITCOIN),
                        "bitcoin",
                        Devnet.CONFIRMATIONS,
                        Devnet.MOST_TRANSFER))
            .encode();
    return Scene.flip(genuine, 8 * (genuine.size() - 40)).toHex();
  }

  @Test
  void nothingMovesToAWrongAddress() {
    Path wallet = scene.dir().resolve("wallet");
    DevnetWallet.make(scene.network().files().dir(), wallet);
    String route = scene.route().id();
    String bridge = scene.network().contracts().bridge().checksummed();
    String good = scene.key("recipient").publicKey().evmAddress().checksummed();
    String least = Devnet.LEAST_TRANSFER.toString();
    String home = scene.network().files().faucetAddress(Devnet.BITCOIN);
    scene.unchanged(
        () -> {
          send(
              2,
              "invalid-address",
              wallet,
              route,
              good.toLowerCase(Locale.ROOT).replace("0x", "0X"),
              least);
          send(2, "invalid-address", wallet, route, MAINNET, least);
          send(2, "amount-out-of-range", wallet, route, good, "-1");
          send(2, "amount-out-of-range", wallet, route, good, "1");
          send(3, "not-found", wallet, NOWHERE, good, least);
          burn(2, "invalid-address", wallet, bridge, MAINNET);
          burn(2, "invalid-address", wallet, bridge.toUpperCase(Locale.ROOT), home);
        });
    // the same burn to an address of the network goes as far as the contract, which has no tokens
    burn(2, "rejected-by-chain", wallet, bridge, home, "burn      20000 wrapped");
  }

  private void send(
      int exit, String code, Path wallet, String route, String recipient, String amount) {
    refused(
        exit,
        code,
        "transfer",
        "send",
        "--wallet",
        wallet.toString(),
        "--yes",
        "--route",
        route,
        "--recipient",
        recipient,
        "--amount=" + amount);
  }

  private static String[] burning(AssetId asset, Path wallet, String bridge, String to) {
    return new String[] {
      "transfer",
      "burn",
      "--wallet",
      wallet.toString(),
      "--yes",
      "--asset",
      asset.toString(),
      "--chain",
      Devnet.EVM.toString(),
      "--bridge",
      bridge,
      "--to",
      to,
      "--amount",
      Devnet.LEAST_TRANSFER.toString()
    };
  }

  private void burn(int exit, String code, Path wallet, String bridge, String to) {
    refused(exit, code, burning(Devnet.BTC, wallet, bridge, to));
  }

  private void burn(int exit, String code, Path wallet, String bridge, String to, String note) {
    Run run = run(burning(Devnet.BTC, wallet, bridge, to));
    assertThat(run.exit()).as(run.err()).isEqualTo(exit);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(note, "trestle: " + code);
  }

  @Test
  void aWalletWhoseNodeIsAnotherChainIsRefused() {
    Path wallet = scene.dir().resolve("deceived");
    DevnetWallet.make(scene.network().files().dir(), wallet);
    Chains.Entry honest = scene.network().bitcoinEntry();
    ConfigFiles.write(
        wallet.resolve("chains.json"),
        List.of(
            new Chains.Entry(
                "litecoin", Devnet.LITECOIN.toString(), honest.endpoints(), honest.options())));
    String bridge = scene.network().contracts().bridge().checksummed();
    refused(2, "wrong-chain", burning(Devnet.LTC, wallet, bridge, MAINNET));
  }
}
