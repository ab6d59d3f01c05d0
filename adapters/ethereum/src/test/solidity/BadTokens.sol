// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TrestleHtlc} from "../../main/solidity/TrestleHtlc.sol";
import {TestToken} from "./tokens/TestToken.sol";

/// Keeps a hundredth of everything that moves.
contract FeeToken is TestToken {
    function transferFrom(address from, address to, uint256 value) external override returns (bool) {
        allowance[from][msg.sender] -= value;
        move(from, to, value - value / 100);
        move(from, address(0xfee), value / 100);
        return true;
    }
}

/// Says no without reverting.
contract FalseToken is TestToken {
    function transferFrom(address, address, uint256) external pure override returns (bool) {
        return false;
    }
}

/// Says yes and does nothing.
contract LyingToken is TestToken {
    function transferFrom(address, address, uint256) external pure override returns (bool) {
        return true;
    }
}

/// Returns nothing, like USDT; can block an account, like USDC.
contract NoReturnToken {
    mapping(address => uint256) public balanceOf;
    mapping(address => bool) public blocked;

    function mint(address to, uint256 value) external {
        balanceOf[to] += value;
    }

    function setBlocked(address account, bool value) external {
        blocked[account] = value;
    }

    function transfer(address to, uint256 value) external {
        move(msg.sender, to, value);
    }

    function transferFrom(address from, address to, uint256 value) external {
        move(from, to, value);
    }

    function move(address from, address to, uint256 value) private {
        require(!blocked[to] && !blocked[from], "blocked");
        balanceOf[from] -= value;
        balanceOf[to] += value;
    }
}

/// Calls back into the contract in the middle of a transfer, like an ERC-777 token.
contract CallbackToken is TestToken {
    bytes private call;
    bool public entered;

    function setCall(bytes calldata data) external {
        call = data;
    }

    function transferFrom(address from, address to, uint256 value) external override returns (bool) {
        (entered,) = msg.sender.call(call);
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        return true;
    }
}

/// A claimer that refuses coins, takes them, or tries to be paid twice.
contract Receiver {
    enum Mode {
        ACCEPT,
        REFUSE,
        REENTER,
        BOMB,
        BURN
    }

    Mode private mode;
    TrestleHtlc private htlc;
    bytes private call;
    bool public entered;

    function set(Mode mode_, TrestleHtlc htlc_, bytes calldata call_) external {
        mode = mode_;
        htlc = htlc_;
        call = call_;
    }

    receive() external payable {
        if (mode == Mode.REFUSE) revert("no");
        if (mode == Mode.REENTER) (entered,) = address(htlc).call(call);
        if (mode == Mode.BURN) for (uint256 i = 0; ; i++) {}
        if (mode == Mode.BOMB) {
            assembly ("memory-safe") {
                return(0, 200000)
            }
        }
    }
}
