package dev.trestle.relay.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** What a contract on an EVM chain pays to verify a block of ours. */
final class Gas {
  static final String ID = "certificate-gas";
  private static final Map<Integer, Double> TARGETS =
      new TreeMap<>(Map.of(4, 50_000.0, 21, 115_000.0, 100, 395_000.0));

  private Gas() {}

  /** A row a size of the validator set; the same at every run, so each is measured once. */
  static List<Outcome> measure(Optional<Supplier<CertificateGas>> contracts) {
    List<Outcome> rows = new ArrayList<>();
    if (contracts.isEmpty()) {
      TARGETS.forEach(
          (n, target) ->
              rows.add(
                  new Unmeasured(
                      id(n), title(n), "ANVIL does not name an executable", Optional.of(target))));
      return rows;
    }
    try (CertificateGas contract = contracts.get().get()) {
      TARGETS.forEach((n, target) -> rows.add(row(n, target, verify(contract, n))));
    }
    return rows;
  }

  private static CertificateGas.Cost verify(CertificateGas contract, int n) {
    CertifiedBlock block = CertifiedBlock.of(n);
    return contract.verify(
        block.header().chainId(),
        block.header().encode(),
        block.certificate().encode(),
        block.validators());
  }

  /** The value is all that a transaction costs which does nothing but verify one block. */
  static Row row(int n, double target, CertificateGas.Cost cost) {
    return new Row(
        id(n),
        title(n),
        cost.total(),
        "gas",
        false,
        Optional.of(target),
        Map.of("calldataGas", (double) cost.calldata(), "executionGas", (double) cost.execution()));
  }

  private static String id(int n) {
    return ID + "-" + n;
  }

  private static String title(int n) {
    return "whole transaction that verifies a block of " + n + " validators on an EVM chain";
  }
}
