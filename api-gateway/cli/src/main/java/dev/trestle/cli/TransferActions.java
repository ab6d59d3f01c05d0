package dev.trestle.cli;

import dev.trestle.adapter.ChainAdapter;
import dev.trestle.adapter.NativeIds;
import dev.trestle.adapter.TransactionPort.SignedTransaction;
import dev.trestle.base.Amount;
import dev.trestle.base.AssetId;
import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.sdk.Api;
import dev.trestle.sdk.TransferParty;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Transfer commands that move the user's own coins. */
final class TransferActions {
  private TransferActions() {}

  @Command(
      name = "send",
      description = {
        "Deposit coins and receive wrapped tokens: open, pay, wait until settled.",
        "The same --idempotency-key goes on with the same transfer and never pays it twice."
      })
  static final class Send extends Output.Base implements Callable<Integer> {
    @Mixin private WalletOptions wallet = new WalletOptions();

    @Option(names = "--route", required = true, description = "Route id, as routes list it.")
    private String route = "";

    @Option(names = "--recipient", required = true, description = "EVM address, 0x.")
    private String recipient = "";

    @Option(names = "--amount", required = true, description = "Smallest units.")
    private String amount = "";

    @Option(names = "--idempotency-key", description = "Names this transfer (default: random).")
    private Optional<String> key = Optional.empty();

    @Option(names = "--wait", defaultValue = "86400", description = "Seconds (default: 86400).")
    private long waitSeconds = 86_400;

    @Override
    public Integer call() throws IOException {
      EvmAddress to = Values.evmAddress(recipient);
      Amount value = Values.amount(amount);
      Api.Route chosen =
          output().hub().routes().stream()
              .filter(each -> each.id().equals(route) && each.kind().equals("transfer"))
              .findFirst()
              .orElseThrow(
                  () ->
                      new CliException(
                          "not-found", Failures.NOT_FOUND, "there is no transfer route " + route));
      Api.Quote quote =
          output()
              .hub()
              .quote(new Api.QuoteRequest("transfer", chosen.from(), chosen.to(), amount));
      for (String line : SwapCommand.lines(quote)) {
        output().note(line);
      }
      output().confirm(wallet.isConfirmed());
      ChainId home = AssetId.parse(chosen.from()).chain();
      String name = key.orElseGet(() -> UUID.randomUUID().toString());
      output().note("key       " + name);
      try (Wallet open = wallet.open(Set.of(home))) {
        TransferParty party = open.transfers(output().hub());
        TransferParty.Opened opened = party.open(chosen, to, value, refundKey(open, name), name);
        if (opened.transfer().status().equals(TransferParty.AWAITING_DEPOSIT)) {
          pay(open, party, opened, open.chains().require(home), value);
        }
        Api.Transfer settled =
            party.awaitSettled(opened.transferId(), Duration.ofSeconds(waitSeconds));
        output().show(settled, TransferCommand.lines(settled));
      }
      return 0;
    }

    private static dev.trestle.crypto.SecretKey refundKey(Wallet wallet, String name) {
      return wallet.key("deposit-refund/" + name);
    }

    private void pay(
        Wallet open,
        TransferParty party,
        TransferParty.Opened opened,
        ChainAdapter chain,
        Amount value)
        throws IOException {
      Hash32 sent =
          open.depositFile(opened.transferId().toHex())
              .send(
                  chain.transactions(),
                  () -> party.requireTime(opened, chain),
                  () ->
                      party.prepareDeposit(
                          opened, chain, open.chainKey(chain.profile().chain()), value));
      output()
          .note(
              "deposit   "
                  + NativeIds.of(chain.profile().chain(), sent)
                  + " to "
                  + opened.lock().address());
    }
  }

  @Command(name = "burn", description = "Burn wrapped tokens and receive the coins at home.")
  static final class Burn extends Output.Base implements Callable<Integer> {
    @Mixin private WalletOptions wallet = new WalletOptions();

    @Option(names = "--asset", required = true, description = "Asset at home, CAIP-19.")
    private String asset = "";

    @Option(names = "--chain", required = true, description = "Chain of the tokens, CAIP-2.")
    private String chain = "";

    @Option(names = "--bridge", required = true, description = "Bridge contract there, 0x.")
    private String bridge = "";

    @Option(names = "--to", required = true, description = "Address at home.")
    private String to = "";

    @Option(names = "--amount", required = true, description = "Smallest units.")
    private String amount = "";

    @Option(names = "--wait", defaultValue = "86400", description = "Seconds (default: 86400).")
    private long waitSeconds = 86_400;

    @Override
    public Integer call() {
      AssetId home = AssetId.parse(asset);
      ChainId away = ChainId.parse(chain);
      Bytes contract = Values.evmAddress(bridge).bytes();
      Amount value = Values.amount(amount);
      try (Wallet open = wallet.open(Set.of(home.chain(), away))) {
        TransferParty party = open.transfers(output().hub());
        ChainAdapter homeChain = open.chains().require(home.chain());
        Bytes script =
            homeChain
                .custody()
                .orElseThrow(
                    () -> new IllegalArgumentException(home.chain() + " keeps no custody coins"))
                .scriptOf(to);
        output().note("burn      " + value + " wrapped on " + away);
        output().note("receive   " + value + " minus fees, " + home + " at " + to);
        output().confirm(wallet.isConfirmed());
        Set<String> known =
            output().hub().releases().stream()
                .map(Api.Release::id)
                .collect(Collectors.toUnmodifiableSet());
        SignedTransaction burn =
            party.burn(
                home,
                contract,
                value,
                homeChain,
                to,
                open.chains().require(away),
                open.chainKey(away));
        output().note("burned    " + NativeIds.of(away, burn.id()));
        Set<String> noted = new HashSet<>();
        Api.Release release =
            party.awaitRelease(
                script,
                known,
                Duration.ofSeconds(waitSeconds),
                seen ->
                    seen.waitsFor()
                        .filter(noted::add)
                        .ifPresent(what -> output().note("waits for " + what)));
        output()
            .show(
                release,
                "release   " + release.id(),
                "status    " + release.status(),
                "amount    " + release.amount() + "  " + release.asset());
      }
      return 0;
    }
  }
}
