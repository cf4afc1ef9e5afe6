// Where the walk over a resource is. Private to profiles.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace linkway::profiles {

/// One step of a path; the steps before it live further down the stack, and text is made of them
/// only when there is something to say.
struct Frame {
    const Frame* parent = nullptr;  ///< null at the resource
    std::string_view name;
    std::ptrdiff_t index = -1;  ///< of an item of an array

    /// "Task.input[0].valueReference"
    std::string path() const {
        std::string text = parent != nullptr ? parent->path() + "." : std::string();
        text += name;
        return index < 0 ? text : text + "[" + std::to_string(index) + "]";
    }
};

}  // namespace linkway::profiles
