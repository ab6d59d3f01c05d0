// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {HtlcBase} from "../../main/solidity/HtlcBase.sol";
import {HtlcBatches} from "../../main/solidity/HtlcBatches.sol";
import {HtlcFixture} from "./HtlcFixture.sol";

/// @dev What whole transactions cost, to the unit: base cost and calldata (EIP-2028, EIP-7623) are in. Receivers exist; who
///   sends its own claim or refund is warm. When a figure changes, docs/htlc-contract.md changes with it.
/// forge-config: default.isolate = true
contract HtlcGasTest is HtlcFixture {
    address private constant RELAYER = 0x7E1A7E1a7e1A7E1A7E1A7e1a7e1a7E1a7e1a7E1a;

    error GasChanged(string what, uint256 gas, uint256 expected);

    function setUp() public override {
        super.setUp();
        vm.deal(claimer, 1 ether);
        vm.deal(REFUNDER, 10 ether);
        vm.deal(RELAYER, 1 ether);
        token.mint(claimer, 1);
        token.mint(REFUNDER, 1);
        for (uint256 i = 0; i < 128; i++) {
            vm.deal(payeeOf(i), 1);
            token.mint(payeeOf(i), 1);
        }
        token.mint(address(htlc), 1);
    }

    function gasIs(string memory what, uint256 expected) private view {
        uint256 gas = vm.lastCallGas().gasTotalUsed;
        if (gas != expected) revert GasChanged(what, gas, expected);
    }

    /// Aimed at: 47,000.
    function test_gas_lockCoinByTheRefunder() public {
        vm.prank(REFUNDER);
        htlc.lockCoin{value: 1 ether}(hash, claimOf(claimer, EXPIRY));
        gasIs("lockCoin", 46815);
    }

    function test_gas_lockCoinForAnother() public {
        htlc.lockCoinFor{value: 1 ether}(hash, claimOf(claimer, EXPIRY), REFUNDER);
        gasIs("lockCoinFor", 47307);
    }

    function test_gas_lock() public {
        lockCoin();
        gasIs("lock", 50447);
    }

    /// Aimed at 32,400, which needs the slot to be cleared: 4,800 come back for that.
    function test_gas_claim() public {
        lockCoin();
        vm.prank(claimer);
        claim(SECRET, termsOf(address(0), 1 ether));
        gasIs("claim", 38492);
    }

    function test_gas_claimByAnother() public {
        lockCoin();
        vm.prank(RELAYER);
        claim(SECRET, termsOf(address(0), 1 ether));
        gasIs("claim by another", 40992);
    }

    /// Aimed at 31,700, which needs the slot to be cleared.
    function test_gas_refund() public {
        lockCoin();
        vm.warp(EXPIRY);
        vm.prank(REFUNDER);
        refund(termsOf(address(0), 1 ether));
        gasIs("refund", 37938);
    }

    function test_gas_sponsoredClaim() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        TrestleHtlc.Sponsorship memory s = sponsored(lock(t), claimer, 0.01 ether, RELAYER);
        vm.prank(RELAYER);
        htlc.claimFor(SECRET, t, own(), s);
        gasIs("claimFor", 61630);
    }

    function test_gas_cooperativeRefund() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        (bytes32 r, bytes32 vs) = signHash(CLAIMER_KEY, refundHash(lock(t)));
        vm.prank(REFUNDER);
        htlc.refundTogether(t, own(), r, vs);
        gasIs("refundTogether", 45371);
    }

    function test_gas_tokenLock() public {
        lock(termsOf(address(token), 1_000));
        gasIs("lock of a token", 74092);
    }

    function test_gas_tokenClaim() public {
        lock(termsOf(address(token), 1_000));
        vm.prank(claimer);
        claim(SECRET, termsOf(address(token), 1_000));
        gasIs("claim of a token", 47555);
    }

    function test_gas_depositClaim() public {
        HtlcBase.Terms memory t = termsOf(address(0), 1 ether);
        vm.deal(htlc.depositAddress(t), 1 ether);
        vm.prank(claimer);
        htlc.claimAt(SECRET, t, atDeposit());
        gasIs("claim of a deposit", 115120);
    }

    function test_gas_oneOfABatch() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(32, 1 ether);
        htlc.lockBatch{value: 32 ether}(batch, hashes, claims);
        TrestleHtlc.Place memory place = leafOf(idsOf(batch, hashes, claims), 5);
        vm.prank(payeeOf(5));
        htlc.claimAt(secrets[5], leafTerms(batch, hashes[5], claims[5]), place);
        gasIs("claim alone of a batch of 32", 46888);
    }

    /// Aimed at: 18,800 for lock and claim of one swap of 32.
    function test_gas_batchOf32() public {
        batchOfCoins(32, 149500, 451416);
        uint256 both = 149500 + 451416;
        assertTrue(both / 32 <= 18_800, "lock and claim of one swap");
    }

    function test_gas_batchOf8() public {
        batchOfCoins(8, 74366, 136354);
    }

    function test_gas_batchOf128() public {
        batchOfCoins(128, 449608, 1711500);
    }

    function batchOfCoins(uint256 n, uint256 locked, uint256 claimed) private {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(n, 1 ether);
        htlc.lockBatch{value: n * 1 ether}(batch, hashes, claims);
        gasIs("lockBatch", locked);
        vm.prank(RELAYER);
        htlc.claimFromBatch(batch, type(uint256).max >> (256 - n), secrets, claims);
        gasIs("claimFromBatch", claimed);
        for (uint256 i = 0; i < n; i++) {
            assertEq(payeeOf(i).balance, 1 ether + 1);
        }
    }

    function test_gas_batchRefundOf32() public {
        HtlcBatches.Batch memory batch = batchOf(address(0));
        (bytes32[] memory hashes, uint256[] memory claims,) = manyOf(32, 1 ether);
        htlc.lockBatch{value: 32 ether}(batch, hashes, claims);
        vm.warp(EXPIRY);
        vm.prank(REFUNDER);
        htlc.refundBatch(batch, hashes, claims);
        gasIs("refundBatch of 32", 151445);
    }

    function test_gas_batchOf32Tokens() public {
        HtlcBatches.Batch memory batch = batchOf(address(token));
        (bytes32[] memory hashes, uint256[] memory claims, bytes32[] memory secrets) = manyOf(32, 1_000);
        htlc.lockBatch(batch, hashes, claims);
        gasIs("lockBatch of tokens", 171795);
        vm.prank(RELAYER);
        htlc.claimFromBatch(batch, type(uint32).max, secrets, claims);
        gasIs("claimFromBatch of tokens", 421644);
    }
}
