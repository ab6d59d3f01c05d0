package dev.trestle.adapter.bitcoin;

import dev.trestle.adapter.Async;
import dev.trestle.adapter.CustodyPort;
import dev.trestle.base.Amount;
import dev.trestle.base.Bytes;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Outputs of any script: all unspent ones, and the spent ones of the last {@code scan.blocks}
 * blocks.
 */
final class BitcoinCustody implements CustodyPort {
  private final ScriptIndex index;
  private final Addresses addresses;

  BitcoinCustody(ScriptIndex index, Addresses addresses) {
    this.index = index;
    this.addresses = addresses;
  }

  /** What waits in the mempools of fewer than half of the nodes is left out. */
  @Override
  public Future<Map<Bytes, List<ScriptOutput>>> outputsOf(Set<Bytes> outputScripts) {
    return Async.supply(
        () -> {
          Map<Bytes, List<ScriptOutput>> outputs = new HashMap<>();
          index
              .lookForNow(Set.copyOf(outputScripts))
              .forEach((script, view) -> outputs.put(script, outputs(view)));
          return outputs;
        });
  }

  private static List<ScriptOutput> outputs(ScriptIndex.View view) {
    return view.found().stream()
        .filter(found -> found.votes() >= view.quorum())
        .map(
            found ->
                new ScriptOutput(
                    found.output().outPoint().txId(),
                    found.output().outPoint().index(),
                    Amount.of(found.output().value()),
                    view.confirmations(found.output().height()),
                    view.isSpent(found),
                    found.confirmedSpend().map(ScriptIndex.Spend::id)))
        .toList();
  }

  @Override
  public Bytes scriptOf(String address) {
    return addresses.scriptOf(address);
  }
}
