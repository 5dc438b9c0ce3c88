// Reads capacity, n, then n lines "weight value"; prints the chosen indices.
#include <algorithm>
#include <iostream>
#include <numeric>
#include <vector>

struct Item {
    double weight;
    double value;
};

// EVOLVE-BLOCK-START
double worth(const Item& item) {
    return item.value / item.weight;
}

std::vector<int> pick(const std::vector<Item>& items, double capacity) {
    std::vector<int> order(items.size());
    std::iota(order.begin(), order.end(), 0);
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        return worth(items[a]) > worth(items[b]);
    });
    std::vector<int> chosen;
    for (int k : order) {
        if (items[k].weight <= capacity) {
            capacity -= items[k].weight;
            chosen.push_back(k);
        }
    }
    return chosen;
}
// EVOLVE-BLOCK-END

int main() {
    double capacity;
    int n;
    std::cin >> capacity >> n;
    std::vector<Item> items(n);
    for (auto& item : items) std::cin >> item.weight >> item.value;
    for (int k : pick(items, capacity)) std::cout << k << "\n";
}
